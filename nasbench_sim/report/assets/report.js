"use strict";
// The page: which task and view are shown, and which network is pointed at.

(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  if (!data.tasks.length) return;
  const get = (id) => document.getElementById(id);
  const spaces = data.spaces.map((one) => new Space(one));
  const tasks = data.tasks.map((task) => ({
    ...task,
    columns: task.columns.map((column) => ({ ...column, values: floats(column.values) })),
    space: spaces[task.space],
  }));
  const plot = new Plot(get("plot"));
  const state = { task: tasks[0], across: null, network: null, at: null, hidden: new Set() };
  const visible = () => state.task.searchers.filter((one) => !state.hidden.has(one.name));
  get("explorer").hidden = false;

  const label = (column) => (column.unit ? `${column.name} (${column.unit})` : column.name);
  const reported = () => state.task.columns[0];
  // Lines of searchers beyond the colours of the palette; their points are rings.
  const DASHES = [[], [6, 3], [6, 2, 1.5, 2], [1.5, 2]];
  const several = () => state.task.judged > 1;
  const sign = (column) => (column.better === "max" ? 1 : -1);

  // The networks that no other beats in both, from the best across to the best up.
  function front() {
    const x = state.across, y = reported();
    const order = [];
    for (let index = 0; index < state.task.space.size; index++) {
      if (!Number.isNaN(x.values[index]) && !Number.isNaN(y.values[index])) order.push(index);
    }
    order.sort((a, b) => sign(x) * (x.values[b] - x.values[a]) || sign(y) * (y.values[b] - y.values[a]));
    let best = -Infinity;
    return order.filter((index) => {
      const better = sign(y) * y.values[index] > best;
      if (better) best = sign(y) * y.values[index];
      return better;
    });
  }

  function range(values) {
    const known = values.filter((value) => !Number.isNaN(value));
    return padded(Math.min(...known), Math.max(...known));
  }

  // What lies within three interquartile ranges of the middle half, as the figure of the fronts attained has it.
  function withoutOutliers(values) {
    const ordered = Array.from(values).sort((a, b) => a - b);
    const at = (part) => ordered[Math.round(part * (ordered.length - 1))];
    const reach = 3 * (at(0.75) - at(0.25));
    return ordered.filter((value) => value >= at(0.25) - reach && value <= at(0.75) + reach);
  }

  function drawFront() {
    const x = state.across, y = reported(), own = front();
    state.front = own;
    const finals = visible().flatMap((one) => one.finals);
    const near = several() ? own : own.slice(Math.floor(own.length / 4)).concat(finals);
    const focus = get("close").checked ? near : Array.from(x.values.keys());
    const shownOf = get("close").checked && several() ? (values) => range(withoutOutliers(values)) : range;
    let [across, up] = [shownOf(focus.map((i) => x.values[i])), shownOf(focus.map((i) => y.values[i]))];
    if (state.network !== null && get("close").checked) {
      const [a, b] = [x.values[state.network], y.values[state.network]];
      if (!Number.isNaN(a) && state.found) [across, up] = [range([...across, a]), range([...up, b])];
    }
    plot.begin(across, up);
    plot.axes(label(x), label(y));
    plot.inside((c) => {
      c.globalAlpha = 0.35;
      const color = plot.color("--point");
      for (let index = 0; index < x.values.length; index++) {
        if (plot.contains(x.values[index], y.values[index])) plot.dot(x.values[index], y.values[index], 1.6, color);
      }
      c.globalAlpha = 1;
      c.strokeStyle = plot.color("--front");
      c.lineWidth = 1.2;
      c.beginPath();
      own.forEach((index, place) => {
        const [px, py] = [plot.x(x.values[index]), plot.y(y.values[index])];
        if (place) { c.lineTo(px, plot.y(y.values[own[place - 1]])); c.lineTo(px, py); } else c.moveTo(px, py);
      });
      c.stroke();
      own.forEach((index) => plot.dot(x.values[index], y.values[index], 2.6, plot.color("--front")));
      const ends = new Map(); // of each network, who ended with it
      for (const one of visible()) one.finals.forEach((index) => ends.set(index, (ends.get(index) || []).concat(one)));
      for (const [index, whose] of ends) {
        if (whose.length > 1) plot.pie(x.values[index], y.values[index], 5, whose.map((one) => shown(one.color)));
        else plot.dot(x.values[index], y.values[index], 3.6, shown(whose[0].color), whose[0].turn > 0);
      }
      if (state.network !== null) {
        for (const other of state.task.space.neighbors(state.network)) {
          plot.dot(x.values[other.index], y.values[other.index], 4.5, plot.color("--accent"), true);
        }
        plot.dot(x.values[state.network], y.values[state.network], 7.5, plot.color("--accent"), true);
      }
    });
    legend([[plot.color("--point"), "all networks"], [plot.color("--front"), "front of the table"]], several() ? "final fronts of " : "final incumbents of ");
    get("readout").textContent = state.network === null ? "Point at a network, or move along the front with the arrow keys." : `Rings: network ${state.network} and its neighbours. Click to hold it, or to let it go.`;
  }

  function drawSearch() {
    const searchers = visible().length ? visible() : state.task.searchers;
    const all = searchers.flatMap((one) => one.x.filter((_, place) => one.median[place] !== null));
    const late = 0.05 * Math.max(...all);
    const heights = searchers.flatMap((one) => one.x.flatMap((x, place) => (x >= late ? [one.low[place], one.high[place]] : [])));
    const [first, last] = [Math.min(...all), Math.max(...all)];
    plot.begin(first < last ? [first, last] : [first / 2, 2 * last], range(heights.filter((value) => value !== null)), true);
    plot.axes(state.task.axis, state.task.result);
    plot.inside((c) => {
      for (const one of searchers) {
        const known = one.x.map((_, place) => place).filter((place) => one.median[place] !== null);
        // Nothing changes between two points of the grid.
        const stairs = (heights) => known.flatMap((place, count) => {
          const across = plot.x(one.x[place]), here = [across, plot.y(heights[place])];
          return count ? [[across, plot.y(heights[known[count - 1]])], here] : [here];
        });
        c.fillStyle = c.strokeStyle = shown(one.color);
        c.globalAlpha = 0.15;
        c.beginPath();
        stairs(one.high).concat(stairs(one.low).reverse()).forEach(([x, y]) => c.lineTo(x, y));
        c.fill();
        c.globalAlpha = 1;
        c.lineWidth = 1.8;
        c.setLineDash(DASHES[one.turn % DASHES.length]);
        c.beginPath();
        stairs(one.median).forEach(([x, y]) => c.lineTo(x, y));
        c.stroke();
        c.setLineDash([]);
        if (known.length === 1) plot.dot(one.x[known[0]], one.median[known[0]], 4, shown(one.color));
      }
      if (state.at !== null) {
        c.strokeStyle = plot.color("--soft");
        c.lineWidth = 1;
        c.beginPath();
        c.moveTo(plot.x(state.at), 0);
        c.lineTo(plot.x(state.at), plot.height);
        c.stroke();
        for (const one of searchers) {
          const place = placeAt(one, state.at);
          if (place !== null && one.median[place] !== null) plot.dot(state.at, one.median[place], 4, shown(one.color));
        }
      }
    });
    legend([], "");
    get("readout").textContent = state.at === null
      ? "Lines: median of the replicates; bands: their middle half. Point at a line to see " + (several() ? "what joined the front of the replicate in the middle last." : "the network in the middle.")
      : `At ${state.task.axis === "evaluations" ? Math.floor(state.at) : Number(state.at.toPrecision(3))} ${/\((.+)\)$/.exec(state.task.axis)?.[1] || state.task.axis}: ` + searchers.map((one) => {
        const place = placeAt(one, state.at);
        return place === null || one.median[place] === null ? `${one.name} –` : `${one.name} ${one.median[place].toFixed(2)}`;
      }).join(", ");
  }

  // The last grid point of a curve at or before a place on the axis.
  function placeAt(one, at) {
    let found = null;
    one.x.forEach((x, place) => { if (x <= at * (1 + 1e-9)) found = place; });
    return found;
  }

  // Black is the page's colour of text, and the dark blue is lighter on a dark page.
  function shown(color) {
    return { "#000000": plot.color("--ink"), "#0072B2": plot.color("--blue") }[color] || color;
  }

  // What the colours mean; a searcher's entry hides it and shows it again.
  function legend(first, prefix) {
    const marked = (item, color, text, turn) => {
      const mark = element("i");
      if (turn) mark.style.border = `2px ${turn === 1 ? "dashed" : "dotted"} ${color}`;
      else mark.style.background = color;
      item.append(mark, text);
      return item;
    };
    const focused = document.activeElement?.dataset?.searcher;
    get("legend").replaceChildren(
      ...first.map(([color, text]) => marked(element("span"), color, text, 0)),
      ...state.task.searchers.map((one) => {
        const item = element("button", { type: "button", "aria-pressed": String(!state.hidden.has(one.name)), "data-searcher": one.name });
        item.addEventListener("click", () => {
          if (!state.hidden.delete(one.name)) state.hidden.add(one.name);
          draw();
        });
        return marked(item, shown(one.color), prefix + one.name, one.turn);
      }),
    );
    if (focused) Array.from(get("legend").children).find((item) => item.dataset.searcher === focused)?.focus();
  }

  function draw() {
    const isFront = get("view").value === "front";
    document.querySelectorAll(".front-only").forEach((one) => { one.hidden = !isFront; one.style.display = isFront ? "" : "none"; });
    if (isFront) drawFront(); else drawSearch();
  }

  function cell(row, text, isNumber = false) {
    const made = element("td", isNumber ? { class: "number" } : {}, text);
    row.append(made);
    return made;
  }

  function headed(names) {
    const table = element("table"), row = element("tr");
    names.forEach((name) => row.append(element("th", { scope: "col" }, name)));
    const head = element("thead");
    head.append(row);
    table.append(head, element("tbody"));
    return table;
  }

  function scrolling(table) {
    const made = element("div", { class: "long scroll", tabindex: "0" });
    made.append(table);
    return made;
  }

  // Show a network: its cell, its numbers, its neighbours.
  function select(index, found = false) {
    state.network = index;
    state.found = found;
    const space = state.task.space, panel = get("network");
    panel.dataset.network = index;
    const parts = [element("h3", {}, `Network ${index}`), element("code", {}, space.string(index))];
    if (space.isCell) parts.push(space.drawing(index));
    const numbers = headed(["", "value", "better than"]);
    for (const column of state.task.columns) {
      const row = element("tr"), value = column.values[index];
      cell(row, column.name);
      cell(row, Number.isNaN(value) ? "missing" : `${written(value)} ${column.unit}`, true);
      cell(row, Number.isNaN(value) ? "" : share(column, value), true);
      numbers.tBodies[0].append(row);
    }
    parts.push(scrolling(numbers));
    const y = reported(), judged = state.task.columns.slice(0, state.task.judged);
    const neighbors = space.neighbors(index).map((other) => ({ ...other, value: y.values[other.index] }));
    neighbors.sort((a, b) => sign(y) * (b.value - a.value));
    const table = headed(["neighbour", "change"].concat(several() ? judged.map(label) : ["difference"]));
    for (const other of neighbors) {
      const row = element("tr");
      const button = element("button", { type: "button" }, String(other.index));
      button.addEventListener("click", () => { select(other.index, true); draw(); });
      cell(row, "").append(button);
      cell(row, `${space.positions[other.position]}: ${shortened(other.from)} → ${shortened(other.to)}`);
      for (const column of judged) {
        const difference = column.values[other.index] - column.values[index];
        cell(row, Number.isNaN(difference) ? "missing" : (difference >= 0 ? "+" : "−") + Math.abs(difference).toFixed(2), true);
      }
      table.tBodies[0].append(row);
    }
    parts.push(element("h3", {}, `Neighbours, by ${label(y)}`), scrolling(table));
    panel.replaceChildren(...parts);
  }

  function share(column, value) {
    let worse = 0, known = 0;
    for (const other of column.values) {
      if (Number.isNaN(other)) continue;
      known++;
      if (sign(column) * other < sign(column) * value) worse++;
    }
    return `${((100 * worse) / known).toFixed(1)} %`;
  }

  function point(event) {
    const box = plot.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (get("view").value === "front") {
      const found = plot.nearest(state.across.values, reported().values, x, y);
      if (found !== null && found !== state.network) { select(found); draw(); }
      return;
    }
    state.at = Math.min(Math.max(plot.value(x), plot.across[0]), plot.across[1]);
    let network = null, least = Infinity;
    for (const one of visible()) {
      const place = placeAt(one, state.at);
      if (place === null || one.network[place] === null) continue;
      const away = Math.abs(plot.y(one.median[place]) - y);
      if (away < least) { least = away; network = one.network[place]; }
    }
    if (network !== null && network !== state.network) select(network);
    draw();
  }

  function move(step) {
    const places = state.front, here = places.indexOf(state.network);
    select(places[Math.min(Math.max(here < 0 ? places.length - 1 : here + step, 0), places.length - 1)], true);
    draw();
  }

  function chooseTask() {
    state.task = tasks[get("task").selectedIndex];
    const others = state.task.columns.slice(1);
    get("across").replaceChildren(...others.map((column) => element("option", { value: column.label }, column.name)));
    const costs = several() ? 0 : others.findIndex((column) => column.label.startsWith("latency"));
    get("across").selectedIndex = Math.max(costs, 0);
    state.at = null;
    chooseAcross();
    if (state.network === null || state.network >= state.task.space.size) select(best());
    else select(state.network);
    draw();
  }

  // The best of what the searchers ended with, or the middle of the front of several objectives.
  function best() {
    if (several()) return front()[Math.floor(front().length / 2)];
    const y = reported();
    const finals = state.task.searchers.flatMap((one) => one.finals).filter((index) => !Number.isNaN(y.values[index]));
    return finals.reduce((a, b) => (sign(y) * y.values[b] > sign(y) * y.values[a] ? b : a), finals[0] || 0);
  }

  function chooseAcross() {
    state.across = state.task.columns[1 + get("across").selectedIndex];
  }

  tasks.forEach((task) => get("task").append(element("option", {}, task.name)));
  get("task").addEventListener("change", chooseTask);
  get("view").addEventListener("change", draw);
  get("across").addEventListener("change", () => { chooseAcross(); draw(); });
  get("close").addEventListener("change", draw);
  get("asked").addEventListener("input", () => {
    const index = state.task.space.find(get("asked").value);
    const wrong = index === null && get("asked").value.trim() !== "";
    get("asked").setAttribute("aria-invalid", wrong);
    get("wrong").textContent = wrong ? `no such network: indices run from 0 to ${state.task.space.size - 1}` : "";
    if (index !== null) { select(index, true); draw(); }
  });
  plot.canvas.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse" && !state.held) point(event); });
  plot.canvas.addEventListener("pointerdown", (event) => { point(event); state.held = event.pointerType === "mouse" && !state.held; });
  plot.canvas.addEventListener("keydown", (event) => {
    if (get("view").value !== "front" || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    move(event.key === "ArrowRight" ? 1 : -1);
  });
  window.addEventListener("resize", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  chooseTask();
})();
