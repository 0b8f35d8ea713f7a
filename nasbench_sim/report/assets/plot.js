"use strict";
// A canvas with axes: scales, ticks, points, lines, and which point is nearest to the pointer.

const MARGIN = { left: 62, right: 14, top: 10, bottom: 44 };

class Plot {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  // Clear, and set the scales; ranges are [low, high].
  begin(across, up, logarithmic = false) {
    const ratio = window.devicePixelRatio || 1;
    const box = this.canvas.getBoundingClientRect();
    this.width = box.width;
    this.height = box.height;
    this.canvas.width = Math.round(box.width * ratio);
    this.canvas.height = Math.round(box.height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, this.width, this.height);
    this.across = across;
    this.up = up;
    this.logarithmic = logarithmic;
  }

  x(value) {
    const [low, high] = this.across;
    const share = this.logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return MARGIN.left + share * (this.width - MARGIN.left - MARGIN.right);
  }

  y(value) {
    const [low, high] = this.up;
    return this.height - MARGIN.bottom - ((value - low) / (high - low)) * (this.height - MARGIN.top - MARGIN.bottom);
  }

  // Where on the axis a horizontal pixel is.
  value(pixel) {
    const share = (pixel - MARGIN.left) / (this.width - MARGIN.left - MARGIN.right);
    const [low, high] = this.across;
    return this.logarithmic ? low * (high / low) ** share : low + share * (high - low);
  }

  axes(xLabel, yLabel) {
    const c = this.context, bottom = this.height - MARGIN.bottom, right = this.width - MARGIN.right;
    c.font = "12px system-ui, sans-serif";
    c.fillStyle = this.color("--soft");
    c.lineWidth = 1;
    const tick = (x0, y0, x1, y1) => { c.beginPath(); c.moveTo(x0, y0); c.lineTo(x1, y1); c.stroke(); };
    c.strokeStyle = this.color("--rule");
    c.textAlign = "center";
    const few = this.width < 420 ? 4 : 7;
    const places = this.logarithmic ? decades(this.across) : ticks(this.across, few);
    for (const value of places) {
      const x = this.x(value);
      tick(x, MARGIN.top, x, bottom);
      c.fillText(written(value), x, bottom + 16);
    }
    c.textAlign = "right";
    for (const value of ticks(this.up, 6)) {
      const y = this.y(value);
      tick(MARGIN.left, y, right, y);
      c.fillText(written(value), MARGIN.left - 6, y + 4);
    }
    c.fillStyle = this.color("--ink");
    c.textAlign = "center";
    c.fillText(xLabel, (MARGIN.left + right) / 2, this.height - 8);
    c.save();
    c.translate(14, (MARGIN.top + bottom) / 2);
    c.rotate(-Math.PI / 2);
    c.fillText(yLabel, 0, 0);
    c.restore();
  }

  // Draw only within the axes while `draw` runs.
  inside(draw) {
    const c = this.context;
    c.save();
    c.beginPath();
    c.rect(MARGIN.left, MARGIN.top, this.width - MARGIN.left - MARGIN.right, this.height - MARGIN.top - MARGIN.bottom);
    c.clip();
    draw(c);
    c.restore();
  }

  dot(x, y, radius, color, ring = false) {
    const c = this.context;
    c.beginPath();
    c.arc(this.x(x), this.y(y), radius, 0, 2 * Math.PI);
    if (ring) { c.strokeStyle = color; c.lineWidth = 2; c.stroke(); } else { c.fillStyle = color; c.fill(); }
  }

  // A point of several colours: a slice each, so that nobody's covers another's.
  pie(x, y, radius, colors) {
    const c = this.context, [px, py] = [this.x(x), this.y(y)], part = (2 * Math.PI) / colors.length;
    colors.forEach((color, place) => {
      c.beginPath();
      c.moveTo(px, py);
      c.arc(px, py, radius, place * part, (place + 1) * part);
      c.fillStyle = color;
      c.fill();
    });
  }

  contains(x, y) {
    return x >= this.across[0] && x <= this.across[1] && y >= this.up[0] && y <= this.up[1];
  }

  // The place of the value nearest to a pixel, of those within the axes; null where none is near.
  nearest(xs, ys, pixelX, pixelY, reach = 40) {
    let found = null, least = reach * reach;
    for (let place = 0; place < xs.length; place++) {
      if (!this.contains(xs[place], ys[place])) continue; // false for NaN
      const away = (this.x(xs[place]) - pixelX) ** 2 + (this.y(ys[place]) - pixelY) ** 2;
      if (away < least) { least = away; found = place; }
    }
    return found;
  }
}

function ticks([low, high], wanted) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const found = [];
  for (let count = Math.ceil(low / step); count * step <= high * (1 + 1e-12); count++) found.push(count * step);
  return found;
}

function decades([low, high]) {
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of high / low > 300 ? [1] : [1, 2, 5]) {
      const value = factor * 10 ** power;
      if (value >= low && value <= high) found.push(value);
    }
  }
  return found;
}

function written(value) {
  return Number.isNaN(value) ? "missing" : String(Number(value.toPrecision(5)));
}

function padded(low, high) {
  const margin = 0.05 * (high - low) || 1;
  return [low - margin, high + margin];
}
