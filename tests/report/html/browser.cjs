// Opens pages in a headless Chromium, offline, and prints what is wrong with them as JSON.
// node browser.cjs CHROMIUM [--shots FOLDER] PAGE...; playwright-core and axe-core are found by NODE_PATH.
const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const WIDTHS = [1280, 390];
const HIGHEST = 16000; // a higher page is photographed as far as the window shows it
const FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

// Text boxes of one drawing that lie over each other, and text outside of its drawing.
function drawn() {
  const wrong = [];
  for (const svg of document.querySelectorAll("figure > svg")) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
    const boxes = texts.map((text) => ({ says: text.textContent.trim(), box: text.getBoundingClientRect() }));
    boxes.forEach(({ says, box }, at) => {
      if (box.left < frame.left - 2 || box.right > frame.right + 2) wrong.push(`outside: ${says}`);
      for (const other of boxes.slice(at + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        // Line boxes are higher than their letters by some 30 %.
        if (across > 1 && down > 0.3 * Math.min(box.height, other.box.height)) {
          wrong.push(`overlap in ${svg.getAttribute("aria-label")}: ${says} | ${other.says}`);
        }
      }
    });
    if (texts.length < 2) wrong.push(`no labelled axis: ${svg.getAttribute("aria-label")}`);
  }
  return wrong;
}

function headings() {
  const levels = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((each) => Number(each.tagName[1]));
  const skipped = levels.filter((level, at) => level > (at ? levels[at - 1] : 0) + 1).map((level) => `skips to h${level}`);
  return levels.filter((level) => level === 1).length === 1 ? skipped : [...skipped, "not one h1"];
}

async function look(browser, file, width, scheme, shots) {
  const context = await browser.newContext({
    viewport: { width, height: 800 }, colorScheme: scheme, offline: true, bypassCSP: true, deviceScaleFactor: shots ? 1.5 : 1,
  });
  const page = await context.newPage();
  const found = [];
  page.on("console", (said) => found.push(`console: ${said.text()}`));
  page.on("pageerror", (error) => found.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { found.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (request.url() !== `file://${file}`) found.push(`request: ${request.url().slice(0, 200)}`);
  });
  await page.goto(`file://${file}`);
  found.push(...(await page.evaluate(drawn)), ...(await page.evaluate(headings)));
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (over > 0) found.push(`${over} px wider than the window`);
  if (shots) {
    const name = `${path.basename(file, ".html")}-${width}-${scheme}`;
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: height < HIGHEST });
  }
  await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
  await page.evaluate(axe);
  const audit = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
  for (const { id, nodes } of audit.violations) {
    found.push(`axe ${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }
  const opened = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (opened > 0) found.push(`${opened} px wider than the window when unfolded`);
  await context.close();
  return found.map((each) => `${path.basename(file)} at ${width} px, ${scheme}: ${each}`);
}

async function main([executablePath, ...rest]) {
  const shots = rest[0] === "--shots" ? rest.splice(0, 2)[1] : "";
  const root = process.getuid && process.getuid() === 0;
  const browser = await chromium.launch({ executablePath, args: root ? [...FLAGS, "--no-sandbox"] : FLAGS });
  const wrong = [];
  for (const file of rest) {
    for (const width of WIDTHS) for (const scheme of ["light", "dark"]) wrong.push(...(await look(browser, file, width, scheme, shots)));
  }
  await browser.close();
  process.stdout.write(JSON.stringify({ pages: rest.length, wrong }));
}

main(process.argv.slice(2)).catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
