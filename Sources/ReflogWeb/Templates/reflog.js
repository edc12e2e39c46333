"use strict";
// What pages do better with a script than without: each works without it.

const dialect = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Says the local time of every UTC time below an element, on hover. */
function localise(root) {
  for (const time of root.querySelectorAll("time[datetime*=T]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) time.title = dialect.format(moment);
  }
}

/** What this server answers; nothing where it fails, or the session is over. */
async function ask(url) {
  try {
    const answer = await fetch(url);
    return answer.ok && !answer.redirected ? answer : null;
  } catch {
    return null;
  }
}

async function page(url) {
  const answer = await ask(url);
  return answer && new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Shows how many changes a form asks for, as it is filled in. */
function count(output) {
  let newest = 0;
  let timer;
  async function show() {
    const mine = ++newest;
    const fields = [...new FormData(output.form)].filter(([name, value]) => value && name !== "format");
    const answer = await ask(output.dataset.count + "?" + new URLSearchParams(fields));
    if (mine !== newest) return;
    const found = answer && (await answer.json()).count;
    output.value = found === null || found === undefined ? "" : `${found.toLocaleString("en")} ${found === 1 ? "change" : "changes"}.`;
  }
  output.form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 300);
  });
  show();
}

/** Tells of changes that are newer than what is shown. */
function news(line) {
  const separator = line.dataset.news.endsWith("?") ? "" : "&";
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await ask(line.dataset.news + separator + "behind=" + line.dataset.newest);
    if (!answer) return;
    const { count, isMore } = await answer.json();
    if (!count) return;
    const link = document.createElement("a");
    link.href = location.pathname + location.search;
    link.textContent = `${isMore ? "More than " : ""}${count} new ${count === 1 ? "change" : "changes"}: show`;
    if (line.textContent !== link.textContent) line.replaceChildren(link);
    line.hidden = false;
  }, 5000);
}

/** Puts older changes below those that are shown. */
function more(days) {
  let isBusy = false;
  document.addEventListener("click", async (event) => {
    const link = event.target.closest(".more a[rel=next]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    const older = await page(link.href);
    isBusy = false;
    if (!older) {
      location.assign(link.href);
      return;
    }
    const sections = [...older.querySelectorAll("#days > section")];
    localise(older);
    const first = sections[0]?.querySelector("a");
    if (sections[0] && sections[0].ariaLabel === days.lastElementChild?.ariaLabel) {
      days.lastElementChild.querySelector("ol").append(...sections.shift().querySelectorAll("li"));
    }
    days.append(...sections);
    const next = older.querySelector(".more");
    if (next) link.closest(".more").replaceWith(next);
    else link.closest(".more").remove();
    first?.focus();
  });
}

/** Keeps what goes on up to date until it is over. */
function follow() {
  setTimeout(async () => {
    const now = await page(location.href);
    if (now) {
      localise(now);
      document.querySelector("#content").replaceWith(now.querySelector("#content"));
    }
    if (document.querySelector("[data-running]")) follow();
  }, 1000);
}

localise(document);
for (const output of document.querySelectorAll("output[data-count]")) count(output);
for (const line of document.querySelectorAll("[data-news]")) news(line);
const days = document.querySelector("#days");
if (days) more(days);
if (document.querySelector("[data-running]")) follow();
