"use strict";
// What a network is: its operations, its neighbours, the drawing of its cell.

const OPERATION_COLORS = ["#8c959f", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#0072B2"];

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function floats(text) {
  const view = new DataView(bytes(text).buffer);
  return Float32Array.from({ length: view.byteLength / 4 }, (_, place) => view.getFloat32(4 * place, true));
}

class Space {
  constructor(data) {
    this.name = data.name;
    this.size = data.size;
    this.positions = data.positions;
    this.choices = data.choices;
    this.ops = bytes(data.ops);
    this.edges = this.positions.map((name) => /^(\d+)->(\d+)$/.exec(name));
    this.byOps = new Map();
    for (let index = 0; index < this.size; index++) this.byOps.set(this.of(index).join(), index);
  }

  of(index) {
    const width = this.positions.length;
    return Array.from(this.ops.subarray(index * width, (index + 1) * width));
  }

  // The networks one choice away, with what differs.
  neighbors(index) {
    const own = this.of(index);
    const found = [];
    own.forEach((current, position) => {
      this.choices[position].forEach((name, choice) => {
        if (choice === current) return;
        const other = own.slice();
        other[position] = choice;
        found.push({ index: this.byOps.get(other.join()), position, from: this.choices[position][current], to: name });
      });
    });
    return found;
  }

  // An official index, or the operations in their order as any string with their names, such as the published one.
  find(text) {
    const trimmed = text.trim();
    if (/^\d+$/.test(trimmed)) return Number(trimmed) < this.size ? Number(trimmed) : null;
    const names = trimmed.split(/[|+]+/).map((part) => part.replace(/~\d+$/, "")).filter(Boolean);
    const codes = names.map((name, place) => (this.choices[place] || []).indexOf(name));
    const index = this.byOps.get(codes.join());
    return index === undefined ? null : index;
  }

  string(index) {
    const names = this.of(index).map((code, place) => this.choices[place][code]);
    if (this.edges.some((edge) => edge === null)) return names.map((name, p) => `${this.positions[p]}: ${name}`).join(", ");
    const nodes = new Map();
    names.forEach((name, place) => {
      const [, source, target] = this.edges[place];
      nodes.set(target, (nodes.get(target) || "|") + `${name}~${source}|`);
    });
    return Array.from(nodes.values()).join("+");
  }

  get isCell() {
    return this.edges.every((edge) => edge !== null);
  }

  // The cell as an SVG element: nodes in a row, an arc for each edge that passes over nodes.
  drawing(index) {
    const svg = element("svg", { viewBox: "0 0 420 205", role: "img" });
    svg.append(element("title", {}, `Cell of network ${index}`));
    const step = 120, left = 30, middle = 135, lift = 50, radius = 17;
    const at = (node) => left + step * node;
    const labels = [];
    this.of(index).forEach((code, place) => {
      const source = Number(this.edges[place][1]), target = Number(this.edges[place][2]);
      const name = this.choices[place][code], none = name === "none";
      const span = target - source;
      const height = (source % 2 ? 1 : -1) * lift * (span - 1);
      const color = OPERATION_COLORS[code % OPERATION_COLORS.length];
      // The arc ends on the rim of the nodes; its control point is twice as high as its top.
      const slope = Math.atan2(4 * height, span * step);
      const dx = radius * Math.cos(slope), dy = radius * Math.sin(slope);
      const [x0, y0, x1, y1] = [at(source) + dx, middle + dy, at(target) - dx, middle + dy];
      const bend = `M${x0},${y0} Q${(x0 + x1) / 2},${middle + 2 * height - dy} ${x1},${y1}`;
      svg.append(element("path", {
        d: bend, fill: "none", stroke: color, "stroke-width": none ? 1.2 : 2.2,
        "stroke-dasharray": none ? "2 4" : "", "data-edge": this.positions[place], "data-operation": name,
      }));
      if (none) return;
      const tip = [[0, 0], [-9, -4.5], [-9, 4.5]].map(([a, b]) => {
        const turn = span > 1 ? -slope : 0;
        return `${x1 + a * Math.cos(turn) - b * Math.sin(turn)},${y1 + a * Math.sin(turn) + b * Math.cos(turn)}`;
      });
      svg.append(element("polygon", { points: tip.join(" "), fill: color }));
      labels.push([(at(source) + at(target)) / 2, middle + height, shortened(name)]);
    });
    this.nodes().forEach((node, place, all) => {
      const name = place === 0 ? "in" : place === all.length - 1 ? "out" : String(node);
      svg.append(element("circle", { cx: at(node), cy: middle, r: radius, fill: "var(--panel)", stroke: "currentColor" }));
      svg.append(element("text", { x: at(node), y: middle + 4.5, "text-anchor": "middle", fill: "currentColor" }, name));
    });
    labels.forEach(([x, y, name]) => {
      const width = 7.2 * name.length + 4;
      svg.append(element("rect", { x: x - width / 2, y: y - 9, width, height: 18, fill: "var(--panel)" }));
      svg.append(element("text", { x, y: y + 4.5, "text-anchor": "middle", fill: "currentColor" }, name));
    });
    return svg;
  }

  nodes() {
    const found = new Set(this.edges.flatMap((edge) => [Number(edge[1]), Number(edge[2])]));
    return Array.from(found).sort((a, b) => a - b);
  }
}

function shortened(name) {
  return name.replace("nor_conv_", "conv ").replace("avg_pool_", "pool ").replace("_connect", "").replaceAll("_", " ");
}

function element(name, attributes = {}, text = null) {
  const inSvg = ["svg", "path", "circle", "rect", "text", "polygon", "title"].includes(name);
  const made = inSvg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "") made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  return made;
}
