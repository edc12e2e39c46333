"use strict";
// This script improves the pages. Every page also works without it.

const localTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Adds a tooltip with the local time to every time in an element. */
function localise(root) {
  for (const time of root.querySelectorAll("time[datetime*=T]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) time.title = localTime.format(moment);
  }
}

let isSignedOut = false;

/** Returns the server's answer, or null if the request failed or the session has ended. */
async function ask(url) {
  try {
    const answer = await fetch(url);
    isSignedOut = answer.redirected;
    return answer.ok && !answer.redirected ? answer : null;
  } catch {
    return null;
  }
}

/** Returns a link that loads this page again. */
function linkHere(text) {
  const link = document.createElement("a");
  link.href = location.pathname + location.search;
  link.textContent = text;
  return link;
}

/** Returns the document at a URL, or null if the document can't be loaded. */
async function page(url) {
  const answer = await ask(url);
  return answer && new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Shows the number of changes that match a form, while you fill in the form. */
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

/** Announces changes that are newer than the page, until the session ends. */
function news(line) {
  const separator = line.dataset.news.endsWith("?") ? "" : "&";
  function announce(text) {
    if (line.textContent !== text) line.replaceChildren(linkHere(text));
    line.hidden = false;
  }
  const timer = setInterval(async () => {
    if (document.hidden) return;
    const answer = await ask(line.dataset.news + separator + "behind=" + line.dataset.newest);
    if (isSignedOut) {
      clearInterval(timer);
      announce("You are signed out. Sign in to see new changes.");
    }
    const { count, isMore } = answer ? await answer.json() : {};
    if (count) announce(`${isMore ? "More than " : ""}${count} new ${count === 1 ? "change" : "changes"}. Show`);
  }, 5000);
}

/** Adds older changes below the shown changes, and restores the added changes when you return to the page. */
function more(days) {
  const next = () => document.querySelector(".more a[rel=next]");

  /** Adds the changes of the next page, and returns their first link, or null if the next page can't be loaded. */
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
    // If the search is complete, the last page may have only a text that no older change matches.
    const further = older.querySelector(".more, .empty");
    if (further) next().closest(".more").replaceWith(further);
    else next().closest(".more").remove();
    return first ?? next() ?? days;
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

/** Updates the page every second while the change or the rollback that the page shows is running.
 *
 * The updates end when the session ends, or when `attempts` requests in a row have no answer.
 */
function follow(attempts = 60) {
  setTimeout(async () => {
    const now = document.hidden ? null : await page(location.href);
    const content = now?.querySelector("#content");
    const shown = document.querySelector("#content");
    if (content) localise(content);
    // If the script replaced the content every time, the page would lose the keyboard focus. So the script replaces
    // only changed content, and then sets the focus again.
    if (content && content.innerHTML !== shown.innerHTML) {
      const position = [...shown.querySelectorAll("a, button, input")].indexOf(document.activeElement);
      shown.replaceWith(content);
      content.querySelectorAll("a, button, input")[position]?.focus();
    }
    const line = document.querySelector("[data-running]");
    const outcome = document.querySelector("[data-outcome]");
    // A screen reader announces a new text only if the element of the text was not replaced. So the result is copied to
    // `#outcome`, an element that is never replaced.
    if (!line && outcome) document.querySelector("#outcome").textContent = `${document.querySelector("h1").innerText}: ${outcome.innerText}`;
    if (line && isSignedOut) line.replaceChildren(linkHere("You are signed out. Sign in to see the result."));
    else if (line && (now || document.hidden || attempts > 0)) follow(now ? 60 : attempts - 1);
  }, 1000);
}

localise(document);
for (const output of document.querySelectorAll("output[data-count]")) count(output);
for (const line of document.querySelectorAll("[data-news]")) news(line);
const days = document.querySelector("#days");
if (days) more(days);
if (document.querySelector("[data-running]")) follow();
// A plan that the browser restored from its cache can be out of date, so the page is loaded again.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("[data-plan]")) location.reload();
});
