"use strict";
// Lock, blur and keys of the desk. The browser stores nothing of a case: only a cookie where single keys are off.
(() => {
  const IDLE = 120_000; // milliseconds without a key or a touch before the page blurs
  const out = document.querySelector("form[action='/sign-out']");
  const help = document.getElementById("keys");
  if (!out || !help) return;

  const menu = document.querySelector(".desk-menu"); // open where no script runs: nothing is out of reach
  if (menu && matchMedia("(max-width: 46rem)").matches) menu.open = false;

  const tabs = new BroadcastChannel("desk");
  const empty = (kept) => {
    document.title = "Staffetta";
    document.body.replaceChildren(...kept);
  };
  const leave = () => {
    const kept = window.keepTyped?.() ?? Promise.resolve(); // what was typed is read before the page is empty
    out.hidden = true;
    empty([out]); // a form that is nowhere on the page cannot be sent
    Promise.race([kept, new Promise((go) => setTimeout(go, 1500))]).finally(() => out.submit());
  };
  window.leaveDesk = leave;
  const lock = () => {
    tabs.postMessage("locked");
    leave();
  };
  // Each tab signs out for itself: one that only asked for another page might do so before the sign-in had ended.
  tabs.onmessage = leave;
  out.addEventListener("submit", (event) => {
    event.preventDefault();
    lock();
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    empty([]);
    location.reload(); // the server says whether she may still see it
  });

  let idle = 0;
  const awake = () => {
    document.body.classList.remove("veiled");
    clearTimeout(idle);
    idle = setTimeout(() => document.body.classList.add("veiled"), IDLE);
  };
  for (const sign of ["keydown", "pointerdown", "pointermove", "wheel", "focusin"])
    document.addEventListener(sign, awake, { passive: true });
  awake();

  const single = help.querySelector("input");
  // Signing out forgets what a page stores, but no cookie: whoever cannot use single keys turns them off once.
  const OFF = "staffetta-keys=off";
  const wanted = () => single.checked;
  single.checked = !document.cookie.split("; ").includes(OFF);
  single.addEventListener("change", () => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${OFF}; path=/; samesite=strict; max-age=${single.checked ? 0 : 31536000}${secure}`;
  });
  for (const button of document.querySelectorAll("[data-keys]")) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  const go = (address) => () => {
    if (document.querySelector(`.desk-nav a[href='${address}']`)) location.assign(address);
  };
  const acts = { l: lock, "?": () => help.showModal(), b: go("/"), n: go("/cases/new"), w: go("/who-now"), i: go("/inbox") };
  for (const hint of document.querySelectorAll("[data-script]")) hint.hidden = false;
  document.addEventListener("keydown", (event) => {
    const form = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest("form[data-send]");
    if (form) {
      event.preventDefault();
      if (!event.repeat) form.requestSubmit(); // what is missing is said by the browser, as for a click
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]") || !wanted()) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : null;
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
