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

let isSignedOut = false;

/** What this server answers; nothing where it fails, or the session is over. */
async function ask(url) {
  try {
    const answer = await fetch(url);
    isSignedOut = answer.redirected;
    return answer.ok && !answer.redirected ? answer : null;
  } catch {
    return null;
  }
}

/** A link to this page as it is now. */
function linkHere(words) {
  const link = document.createElement("a");
  link.href = location.pathname + location.search;
  link.textContent = words;
  return link;
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

/** Tells of changes that are newer than what is shown, until the session is over. */
function news(line) {
  const separator = line.dataset.news.endsWith("?") ? "" : "&";
  function say(words) {
    if (line.textContent !== words) line.replaceChildren(linkHere(words));
    line.hidden = false;
  }
  const timer = setInterval(async () => {
    if (document.hidden) return;
    const answer = await ask(line.dataset.news + separator + "behind=" + line.dataset.newest);
    if (isSignedOut) {
      clearInterval(timer);
      say("You are signed out: sign in to see what is new");
    }
    const { count, isMore } = answer ? await answer.json() : {};
    if (count) say(`${isMore ? "More than " : ""}${count} new ${count === 1 ? "change" : "changes"}: show`);
  }, 5000);
}

/** Puts older changes below those that are shown, and does so again where somebody comes back to the page. */
function more(days) {
  const next = () => document.querySelector(".more a[rel=next]");

  /** Returns the first of them; nothing where they can't be had. */
  async function load() {
    const older = await page(next().href);
    if (!older) return null;
    const sections = [...older.querySelectorAll("#days > section")];
    localise(older);
    const first = sections[0]?.querySelector("a");
    if (sections[0] && sections[0].ariaLabel === days.lastElementChild?.ariaLabel) {
      days.lastElementChild.querySelector("ol").append(...sections.shift().querySelectorAll("li"));
    }
    days.append(...sections);
    const further = older.querySelector(".more");
    if (further) next().closest(".more").replaceWith(further);
    else next().closest(".more").remove();
    return first ?? days;
  }

  async function restore({ pages, top }) {
    for (let loaded = 0; loaded < pages && next(); loaded++) if (!(await load())) return;
    scrollTo(0, top);
  }

  let isBusy = false;
  document.addEventListener("click", async (event) => {
    const link = event.target.closest(".more a[rel=next]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    const first = await load();
    isBusy = false;
    if (!first) return location.assign(link.href);
    history.replaceState({ pages: (history.state?.pages ?? 0) + 1, top: 0 }, "");
    first.focus();
  });
  addEventListener("pagehide", () => {
    if (history.state?.pages) history.replaceState({ ...history.state, top: scrollY }, "");
  });
  if (history.state?.pages) restore(history.state);
}

/** Keeps what goes on up to date until it is over, the session is, or the server does not answer for a minute. */
function follow(patience = 60) {
  setTimeout(async () => {
    const now = document.hidden ? null : await page(location.href);
    const content = now?.querySelector("#content");
    const shown = document.querySelector("#content");
    if (content) localise(content);
    // What did not change stays, and so does where the keyboard is.
    if (content && content.innerHTML !== shown.innerHTML) {
      const place = [...shown.querySelectorAll("a, button, input")].indexOf(document.activeElement);
      shown.replaceWith(content);
      content.querySelectorAll("a, button, input")[place]?.focus();
    }
    const line = document.querySelector("[data-running]");
    const outcome = document.querySelector("[data-outcome]");
    // Said where nothing is exchanged, so that a screen reader hears it.
    if (!line && outcome) document.querySelector("#outcome").textContent = `${document.querySelector("h1").innerText}: ${outcome.innerText}`;
    if (line && isSignedOut) line.replaceChildren(linkHere("You are signed out: sign in to see how it goes on"));
    else if (line && (now || document.hidden || patience > 0)) follow(now ? 60 : patience - 1);
  }, 1000);
}

localise(document);
for (const output of document.querySelectorAll("output[data-count]")) count(output);
for (const line of document.querySelectorAll("[data-news]")) news(line);
const days = document.querySelector("#days");
if (days) more(days);
if (document.querySelector("[data-running]")) follow();
// A plan that a browser kept is of another time.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("[data-plan]")) location.reload();
});
