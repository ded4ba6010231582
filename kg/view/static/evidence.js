"use strict";
// Claims as they stand in the details: who says what, by whom reported, in which words, where, how sure, and what the review said.
(() => {
  const { data } = kg;
  const { el } = kg;

  const who = (party) =>
    "node" in party
      ? el("button", { type: "button", class: "name", click: () => kg.focus(party.node) }, kg.say(party.label))
      : el("span", {}, kg.say(party.label));

  const bare = (address) => {
    const text = address.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");
    return text.length > 68 ? `${text.slice(0, 40)}…${text.slice(-24)}` : text;
  };
  const document_ = (number) => {
    const found = data.documents[number] || {};
    const title = found.title === found.url ? bare(found.url) : found.title || kg.t("untitled");
    const rest = [found.publisher, kg.date(found.date)].filter(Boolean).join(", ");
    return el("p", { class: "source" }, found.url ? kg.link(found.url, title) : el("span", {}, title), rest ? ` · ${rest}` : "");
  };
  kg.sources = (numbers) => el("div", { class: "sources" }, ...numbers.map(document_));

  const heading = (claim) => {
    const line = el("p", { class: "speaker" });
    const curated = claim.review === "accepted" && !claim.speaker && !claim.quotes;
    if (claim.speaker) line.append(who(claim.speaker));
    else line.append(el("span", {}, kg.t(curated ? "curator" : "ownVoice")));
    for (const party of claim.by || []) line.append(` · ${kg.t("reportedBy")} `, who(party));
    return line;
  };

  kg.claim = (number) => {
    const claim = data.claims[number];
    if (!claim) return null;
    const made = el("article", { class: "claim" }, heading(claim));
    if (claim.value) {
      made.append(el("p", { class: "value" }, `${kg.t("states")}: ${kg.say(claim.value.property)} = ${kg.say(claim.value.object)}`));
    }
    for (const quote of claim.quotes || []) made.append(el("blockquote", {}, quote));
    (claim.docs || []).forEach((found) => made.append(document_(found)));
    const tags = el("p", { class: "tags" });
    if (claim.status) tags.append(el("span", { class: `tag status-${claim.status}` }, kg.t(claim.status)));
    if (claim.review) tags.append(el("span", { class: `tag review-${claim.review}` }, kg.t(claim.review)));
    if (claim.confidence) tags.append(el("span", { class: "tag" }, `${kg.t("confidence")} ${percent(claim.confidence)}`));
    if (claim.date) tags.append(el("span", { class: "tag" }, `${kg.t("said")} ${kg.date(claim.date)}`));
    if (tags.childElementCount) made.append(tags);
    for (const link of claim.links || []) {
      const text = [kg.say(link.who), link.quote].filter(Boolean).join(": ");
      made.append(el("p", { class: "crosslink" }, el("strong", {}, kg.say(link.label)), text ? ` ${text}` : ""));
    }
    return made;
  };
  const percent = (text) => {
    const value = Number(text);
    return Number.isFinite(value)
      ? new Intl.NumberFormat(kg.state.language, { style: "percent", maximumFractionDigits: 0 }).format(value)
      : text;
  };
  kg.claims = (numbers) => el("div", { class: "claims" }, ...numbers.map(kg.claim).filter(Boolean));
})();
