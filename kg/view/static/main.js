"use strict";
// Buttons, keys, language, theme, and the address line that keeps what is chosen.
(() => {
  const { data, state } = kg;
  const root = document.documentElement;

  const speak = () => {
    root.lang = state.language;
    for (const [name, apply] of [
      ["text", (element, text) => (element.textContent = text)],
      ["tip", (element, text) => (element.title = text)],
      ["label", (element, text) => element.setAttribute("aria-label", text)],
      ["place", (element, text) => { element.placeholder = text; element.setAttribute("aria-label", text); }],
    ]) {
      document.querySelectorAll(`[data-${name}]`).forEach((element) => apply(element, kg.t(element.dataset[name])));
    }
    document.querySelectorAll("[data-language]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
    });
    kg.tell("language");
    kg.network.redraw();
  };

  const short = (iri) => {
    const found = /\/id\/([^/]+\/[^/]+)$/.exec(iri);
    return found && data.nodes.filter((node) => node.iri.endsWith(`/id/${found[1]}`)).length === 1 ? found[1] : iri;
  };
  const remember = () => {
    const parts = new URLSearchParams();
    if (state.node !== null) parts.set("node", short(kg.nodesOf.get(state.node).iri));
    if (state.language !== data.language) parts.set("lang", state.language);
    if (state.theme) parts.set("theme", state.theme);
    const text = parts.toString();
    try {
      history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // a frame without an address of its own cannot keep it
    }
  };
  const recall = () => {
    const parts = new URLSearchParams(location.hash.slice(1));
    const language = parts.get("lang") || data.language;
    if (language in data.texts) state.language = language;
    const theme = parts.get("theme") || "";
    state.theme = ["light", "dark"].includes(theme) ? theme : "";
    root.dataset.theme = state.theme;
    const wanted = parts.get("node");
    const node = wanted ? data.nodes.find((one) => one.iri === wanted || one.iri.endsWith(`/id/${wanted}`)) : null;
    if (node) kg.focus(node.id);
    else kg.release();
  };

  kg.on("focus", remember);
  document.getElementById("fit").addEventListener("click", kg.fit);
  document.getElementById("theme").addEventListener("click", () => {
    state.theme = kg.isDark() ? "light" : "dark";
    root.dataset.theme = state.theme;
    kg.tell("theme");
    remember();
  });
  document.querySelectorAll("[data-language]").forEach((button) =>
    button.addEventListener("click", () => {
      state.language = button.dataset.language;
      speak();
      remember();
    })
  );
  document.getElementById("png").addEventListener("click", () => {
    const drawn = document.querySelector("#graph canvas");
    const sheet = document.createElement("canvas");
    sheet.width = drawn.width;
    sheet.height = drawn.height;
    const context = sheet.getContext("2d");
    context.fillStyle = getComputedStyle(root).getPropertyValue("--paper").trim();
    context.fillRect(0, 0, sheet.width, sheet.height);
    context.drawImage(drawn, 0, 0);
    sheet.toBlob((blob) => {
      const address = URL.createObjectURL(blob);
      const chosen = state.node === null ? "graph" : kg.say(kg.nodesOf.get(state.node).label);
      kg.el("a", { href: address, download: `${chosen.replace(/[^\p{L}\p{N}]+/gu, "-")}.png` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10000);
    });
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type === "search";
    if (event.key === "Escape") kg.release();
    else if (event.key === "/" && !typing) {
      event.preventDefault();
      document.getElementById("search").focus();
    }
  });
  window.addEventListener("hashchange", () => {
    recall();
    speak();
    kg.tell("theme");
  });

  recall();
  kg.tell("theme");
  speak();
  kg.showTime();
  if (state.node === null) kg.fit();
  kg.ready = true;
  root.dataset.ready = String(kg.seen.nodes.size);
})();
