"use strict";
// Asks the browser for a passkey and sends what it answers with the form. Nothing else is fetched.
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const words = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const make = async (asked) => {
    const publicKey = {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: known(asked.excludeCredentials),
    };
    const made = await navigator.credentials.create({ publicKey });
    const { clientDataJSON, attestationObject } = made.response;
    return packed(made, { clientDataJSON, attestationObject });
  };

  const use = async (asked) => {
    const publicKey = {
      ...asked,
      challenge: bytes(asked.challenge),
      allowCredentials: known(asked.allowCredentials),
    };
    const shown = await navigator.credentials.get({ publicKey });
    const { clientDataJSON, authenticatorData, signature } = shown.response;
    return packed(shown, { clientDataJSON, authenticatorData, signature });
  };

  const packed = (credential, parts) => {
    const response = Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, words(value)]));
    return JSON.stringify({ id: credential.id, rawId: words(credential.rawId), type: credential.type, response });
  };

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const answer = form.querySelector("input[data-answer]");
    const failed = form.querySelector("[data-failed]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        answer.value = await (form.dataset.passkey === "set" ? make : use)(JSON.parse(form.dataset.options));
      } catch {
        failed.hidden = false;
        failed.focus();
        return;
      }
      form.submit();
    });
  }
})();
