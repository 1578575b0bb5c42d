"use strict";
// A minute before a sign-in ends it is said, and one key stays. What was typed goes to the desk, which seals it.
(() => {
  const WARNING = 60; // seconds
  const ending = document.getElementById("ending");
  const main = document.getElementById("main");
  if (!ending || !main) return;

  const NEVER = new Set(["hidden", "password", "file", "submit", "button"]);
  const forms = () => [...main.querySelectorAll("form[method='post']:not(.passkey)")];
  const name = (form, all) => {
    const address = form.getAttribute("action") ?? "";
    return `${all.filter((one) => (one.getAttribute("action") ?? "") === address).indexOf(form)} ${address}`;
  };
  const kept = (one) => one.autocomplete !== "one-time-code" && !one.closest("[data-never-kept]");
  const fields = (form) => [...form.elements].filter((one) => one.name && !NEVER.has(one.type) && kept(one));
  const ticks = (one) => one.type === "checkbox" || one.type === "radio";
  const state = (one) => (ticks(one) ? one.checked : one.value);
  const first = new Map(forms().flatMap(fields).map((one) => [one, state(one)]));

  const typed = () => {
    const said = [];
    const all = forms();
    for (const form of all)
      for (const one of fields(form))
        if (first.has(one) && state(one) !== first.get(one))
          said.push([name(form, all), one.name, ticks(one) ? one.value : "", state(one)]);
    return said;
  };
  const post = (address, form) => fetch(address, { method: "POST", body: new URLSearchParams(form), redirect: "error" });
  const drafts = (form) => post("/drafts", { place: location.pathname, ...form });
  let given = true; // whether nothing of this page is kept at the desk
  window.keepTyped = async () => {
    const said = typed();
    if (!said.length) return;
    given = false;
    await drafts({ answer: "keep", said: JSON.stringify(said) }).catch(() => {});
  };
  const take = async () => {
    const answer = await drafts({ answer: "take" });
    given = true;
    return answer.ok ? JSON.parse((await answer.json()).said || "[]") : [];
  };

  if (ending.dataset.drafted)
    take().then((said) => {
      const all = forms();
      for (const [where, called, value, was] of said) {
        const form = all.find((one) => name(one, all) === where);
        for (const one of form ? fields(form) : []) {
          if (one.name !== called || (ticks(one) && one.value !== value)) continue;
          if (ticks(one)) one.checked = was;
          else one.value = was;
          one.dispatchEvent(new Event("input", { bubbles: true }));
          for (let box = one.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
        }
      }
      if (!said.length) return;
      const note = document.createElement("p");
      note.className = "callout-note";
      note.setAttribute("role", "status");
      note.textContent = ending.dataset.drafted;
      main.prepend(note);
    });

  const tabs = new BroadcastChannel("desk-stay");
  let warning = 0;
  let end = 0;
  const count = (left) => {
    clearTimeout(warning);
    clearTimeout(end);
    if (left > WARNING) warning = setTimeout(warn, (left - WARNING) * 1000);
    end = setTimeout(() => window.leaveDesk?.(), left * 1000);
  };
  const warn = () => {
    window.keepTyped();
    ending.showModal();
  };
  const stay = async () => {
    try {
      const answer = await post("/stay", { answer: "stay" });
      const { left } = await answer.json();
      count(left);
      tabs.postMessage(left);
      if (!given) await take();
    } catch {
      window.leaveDesk?.();
    }
  };
  let elsewhere = false;
  ending.addEventListener("close", () => {
    if (!elsewhere) stay();
    elsewhere = false;
  });
  tabs.onmessage = ({ data }) => {
    count(data);
    if (!ending.open) return;
    elsewhere = true;
    ending.close();
  };
  const now = Number(ending.dataset.left);
  count(now);
  tabs.postMessage(now);
})();
