"""Takes the README's pictures from a running demo: `python -m tools.screenshots PORT PASSWORD`.

Writes docs/pictures/*.jpg. Look at them before they are committed.
"""

import asyncio
import shutil
import sys
from pathlib import Path

from playwright.async_api import Page, async_playwright

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
EMAIL = "owner@galleria.example"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP *.localhost 127.0.0.1"]


async def take(page: Page, address: str, name: str) -> None:
    """The page at an address as a picture."""
    await page.goto(address)
    await page.wait_for_timeout(800)
    await page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=82)


async def main(port: str, password: str) -> None:
    """Shops, and the back office behind its sign-in."""
    PICTURES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 860})
        await take(page, f"http://prints.localhost:{port}/", "shop-home")
        await take(page, f"http://ceramics.localhost:{port}/search?sort=newest", "shop-search")
        await take(page, f"http://prints.localhost:{port}/products/olive-branch", "shop-product")
        await page.goto(f"http://admin.localhost:{port}/")
        await page.get_by_label("E-mail").fill(EMAIL)
        await page.get_by_label("Password", exact=True).fill(password)
        await page.get_by_role("button", name="Sign in").click()
        await take(page, f"http://admin.localhost:{port}/s/prints/products", "office-products")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
