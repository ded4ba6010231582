"use strict";
// The time range with its histogram: a step is a year, or a month in years in which much happened.
(() => {
  const { data, state, el } = kg;
  const steps = data.bins;
  const box = document.getElementById("time");
  const [from, to] = ["from", "to"].map((id) => document.getElementById(id));
  const bars = document.getElementById("bars");
  const last = steps.length - 1;
  if (last < 1) {
    box.hidden = true;
    kg.showTime = () => undefined;
    return;
  }

  const most = Math.max(...steps.map((step) => step.count), 1);
  const years = document.getElementById("years");
  let labelled = -1000;
  const stepWidth = years.clientWidth / steps.length;
  steps.forEach((step, number) => {
    const bar = el("span", { class: step.to ? "bar gap" : step.at.length > 4 ? "bar month" : "bar" });
    if (!step.to) bar.style.height = step.count ? `${Math.max(8, 100 * Math.sqrt(step.count / most))}%` : "0";
    bars.append(bar);
    const year = step.at.slice(0, 4);
    const first = number === 0 || steps[number - 1].at.slice(0, 4) !== year;
    const told = step.at.length > 4 || number === 0 || steps[number - 1].to || Number(year) % 5 === 0;
    if (first && told && !step.to && (number - labelled) * stepWidth >= 34) {
      const mark = el("span", {}, year);
      mark.style.left = `${(100 * (number + 0.5)) / steps.length}%`;
      years.append(mark);
      labelled = number;
    }
  });
  for (const slider of [from, to]) slider.max = String(last);
  to.value = String(last);

  const begins = (step) => step.at;
  const closes = (step) => step.to || step.at;
  const show = () => {
    const [low, high] = [Number(from.value), Number(to.value)];
    from.setAttribute("aria-valuetext", kg.date(begins(steps[low])));
    to.setAttribute("aria-valuetext", kg.date(closes(steps[high])));
    const span = document.getElementById("span");
    span.style.left = `${(100 * low) / last}%`;
    span.style.right = `${100 - (100 * high) / last}%`;
    [...bars.children].forEach((bar, number) => bar.classList.toggle("out", number < low || number > high));
    document.getElementById("when").textContent = `${kg.date(begins(steps[low]))} – ${kg.date(closes(steps[high]))}`;
    document.getElementById("whole").disabled = low === 0 && high === last;
    from.style.zIndex = low > last / 2 ? "3" : "2";
  };
  let waiting = false;
  const change = (moved) => {
    if (Number(from.value) > Number(to.value)) (moved === from ? to : from).value = moved.value;
    const [low, high] = [Number(from.value), Number(to.value)];
    state.range = low === 0 && high === last ? null : [begins(steps[low]), closes(steps[high])];
    show();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      kg.redraw();
    });
  };
  for (const slider of [from, to]) slider.addEventListener("input", () => change(slider));
  document.getElementById("whole").addEventListener("click", () => {
    from.value = "0";
    to.value = String(last);
    change(from);
  });
  kg.on("language", show);
  kg.showTime = show;
})();
