"use strict";
// The board follows what happens: a line from the desk says that something changed, and the lines are asked for anew.
(() => {
  const ASKING = 3_000; // milliseconds between two questions while no line is open
  const said = document.getElementById("board-news");
  const board = () => document.getElementById("board");
  if (!window.htmx || !board()) return;

  // What comes while an answer is on its way is asked for after it: the element that would remember it is replaced.
  let underway = false;
  let again = false;
  const ask = () => {
    again = underway;
    if (!underway) htmx.trigger(board(), "changed");
  };
  const ours = (event) => event.detail.requestConfig?.path?.startsWith("/board?");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (ours(event)) underway = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!ours(event)) return;
    underway = false;
    if (again) setTimeout(ask, 0);
  });
  let line = null;
  let asking = 0;
  const alone = () => {
    clearInterval(asking);
    asking = setInterval(ask, ASKING);
  };
  const hear = () => {
    line = new EventSource("/board/news");
    line.onopen = () => {
      clearInterval(asking);
      ask(); // what happened before it was open
    };
    line.onerror = alone;
    line.addEventListener("changed", ask);
  };
  // A browser opens few lines to one desk: a tab that nobody looks at leaves its own to others.
  document.addEventListener("visibilitychange", () => {
    line?.close();
    clearInterval(asking);
    if (!document.hidden) hear();
  });
  window.addEventListener("pagehide", () => line?.close());
  hear();

  const ticked = () => document.querySelectorAll("#board input:checked");
  let before = [];
  document.addEventListener("htmx:beforeSwap", () => {
    before = [...ticked()].map((one) => [one.id, one.value]);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "board") return;
    for (const [id, value] of before) {
      const one = document.getElementById(id);
      if (one && one.value === value) one.checked = true; // another handoff in its place is another tick
    }
    said.textContent = "";
    setTimeout(() => (said.textContent = said.dataset.said), 50); // said again only where it was gone meanwhile
  });
})();
