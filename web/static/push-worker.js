"use strict";
// Shows what comes, and opens its page when somebody presses it. It keeps nothing, fetches nothing and answers nothing.
self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // Shown without words: a browser takes the permission back from whoever shows nothing.
  }
  const ref = /^[0-9A-Z-]{1,20}$/.test(said.ref) ? said.ref : "";
  event.waitUntil(
    self.registration.showNotification("Staffetta", {
      body: typeof said.text === "string" ? said.text : "",
      lang: said.language === "en" ? "en" : "it",
      tag: ref || "staffetta",
      renotify: true,
      requireInteraction: true,
      data: ref,
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data ? `/inbox/${event.notification.data}` : "/inbox"));
});
