"use strict";
// Asks this browser to take messages, and sends what it gives with the form. Nothing else is fetched.
(() => {
  const form = document.querySelector("form[data-push]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const failed = form.querySelector("[data-failed]");
  form.hidden = false;
  document.querySelector("[data-push-none]").hidden = true;

  const subscribed = async () => {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
    // It stands below /static/, where no page is: it controls none and sees no request.
    const worker = await navigator.serviceWorker.register("/static/push-worker.js");
    const before = await worker.pushManager.getSubscription();
    if (before) await before.unsubscribe(); // it may have been made for another key
    const made = await worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(form.dataset.push),
    });
    return made.toJSON();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const given = await subscribed();
      form.elements.endpoint.value = given.endpoint;
      form.elements.p256dh.value = given.keys.p256dh;
      form.elements.auth.value = given.keys.auth;
    } catch {
      failed.hidden = false;
      failed.focus();
      return;
    }
    form.submit();
  });
})();
