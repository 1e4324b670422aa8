// Opens Weir's own page in headless Chromium, asks for a picture with the keyboard alone and waits until it is on the page; then a second one is
// queued behind a third and cancelled. node web.mjs URL CHROMIUM FOLDER; needs playwright-core in the current folder. Screenshots go to FOLDER, at two
// widths, light and dark, while it runs and after. Exit 0: all of that happened, nothing was written to the console as an error.
import { createRequire } from "node:module";
import { join } from "node:path";

const { chromium } = createRequire(`${process.cwd()}/`)("playwright-core");
const [url, executablePath, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
const problems = [];
page.on("pageerror", (error) => problems.push(String(error)));
page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
const shoot = async (name) => {
  for (const [size, viewport] of Object.entries({
    wide: { width: 1280, height: 900 },
    phone: { width: 390, height: 844 },
  })) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(folder, `${name}-${size}.png`), fullPage: true });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) problems.push(`${name}, ${size}: the page is ${overflow} pixels wider than the window`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
};
const pictures = () =>
  page
    .locator("#pictures img")
    .evaluateAll((all) => all.filter((image) => image.complete && image.naturalWidth > 0).length);
const until = async (what, happened) => {
  const end = Date.now() + 280_000;
  while (!(await happened())) {
    if (Date.now() > end) throw new Error(`it did not happen: ${what}`);
    await page.waitForTimeout(50);
  }
};
const ask = async (text, steps) => {
  await page.locator("#text").fill(text);
  await page.locator("#steps").fill(String(steps));
  await page.locator("#text").press("Control+Enter");
};
try {
  await page.goto(url, { waitUntil: "networkidle", timeout: 60_000 });
  await until("the models are listed", async () => (await page.locator("#unet option").count()) > 0);
  await page.emulateMedia({ colorScheme: "light" });
  await ask("a big yellow star in a night sky", 60);
  await ask("a green square on a white background", 8);
  await ask("a red circle on a blue background", 8);
  await until("a preview", async () => (await page.locator("#now img").count()) > 0);
  await until("two wait", async () => (await page.locator("#queue button").count()) === 2);
  await shoot("running-light");
  await page.emulateMedia({ colorScheme: "dark" });
  await shoot("running-dark");
  await page.locator("#queue button").last().press("Enter");
  await until("one is cancelled", async () => (await page.locator("#queue button").count()) < 2);
  await until("two pictures", async () => (await pictures()) === 2);
  await until("nothing runs", async () => (await page.locator("#now progress").count()) === 0);
  await page.waitForTimeout(500);
  const memory = await page.locator("#memory").innerText();
  if (!/ of .*B/.test(memory)) problems.push(`memory is not told: ${memory}`);
  const moves = await page.locator("#moves").innerText();
  if (!/in, .*B in \d/s.test(moves)) problems.push(`why bytes moved is not told: ${moves}`);
  await shoot("after-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await shoot("after-light");
  console.log(JSON.stringify({ pictures: await pictures(), memory, moves, problems }));
  process.exitCode = problems.length === 0 && (await pictures()) === 2 ? 0 : 1;
} catch (error) {
  await page.screenshot({ path: join(folder, "failed.png") }).catch(() => {});
  console.log(JSON.stringify({ error: String(error), text: await page.locator("body").innerText(), problems }));
  process.exitCode = 1;
} finally {
  await browser.close();
}
