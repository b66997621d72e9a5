"""The page of a run in a real browser: read, chosen, filtered, zoomed; by keyboard, in both themes, on a phone."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

At = Callable[..., "Chrome"]

CSS = "css selector"
CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")


def texts(browser: "Chrome", selector: str) -> list[str]:
    """Return the texts that can be seen, all of one moment."""
    found: list[str] = browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].filter((each) => each.checkVisibility())"
        ".map((each) => (each.innerText ?? each.textContent).trim())",
        selector,
    )
    return found


def chosen(browser: "Chrome") -> str:
    found: str = browser.find_element(CSS, ".scenario:target h2").text
    return found


def press(browser: "Chrome", *keys: str, on: str = "body") -> None:
    element = browser.find_element(CSS, on)
    if on != "body":
        browser.execute_script("arguments[0].focus()", element)
    browser.switch_to.active_element.send_keys(*keys)


def window(browser: "Chrome") -> list[str]:
    """Return the moments at the axis of the picture that is shown."""
    return texts(browser, ".scenario:target .canvas svg text.faint:not(tspan)")[:12]


def test_the_page_loads_nothing_and_nothing_goes_wrong_in_it(at: At) -> None:
    browser = at()

    loaded = browser.execute_script("return performance.getEntriesByType('resource').map((each) => each.name)")
    assert loaded == []
    assert [each["message"] for each in browser.execute("getLog", {"type": "browser"})["value"]] == []


def test_it_opens_at_the_first_scenario_that_is_red(at: At) -> None:
    browser = at()

    assert browser.title.startswith("2 of 4 scenarios are not proved")
    assert chosen(browser) == "It never completes"
    assert (
        texts(browser, ".scenario:target .badge") == ["✗\nfailed"]
        or "failed" in texts(browser, ".scenario:target .badge")[0]
    )


def test_the_table_has_a_row_for_each_scenario_and_a_column_for_each_cluster(at: At) -> None:
    browser = at()

    assert texts(browser, "nav thead th") == ["Scenario", "simulator"]
    assert texts(browser, "nav tr.row th") == [
        "It never completes",
        "Nobody can say",
        "It flies",
        "It crashes, and crashes again",
    ]
    cells = browser.find_elements(CSS, "nav td a")
    assert [str(each.get_attribute("aria-label")).partition(":")[0] for each in cells] == [
        "failed",
        "inconclusive",
        "skipped",
        "passed",
    ]


def test_a_failure_says_what_was_wanted_what_was_seen_and_what_to_try(at: At) -> None:
    browser = at("#s1")

    assert texts(browser, ".scenario:target .why p span") == ["wanted", "but", "try"]
    assert texts(browser, ".scenario:target .step .sign") == ["✓", "✗", "-"]
    assert texts(browser, ".scenario:target time")[1].splitlines() == ["+0.00s", "2 min"]


def test_a_picture_has_a_lane_for_each_container_with_what_it_did(at: At) -> None:
    browser = at("#s4")

    titles = browser.find_elements(CSS, ".scenario:target .canvas svg > g > text > title")
    assert [each.get_attribute("textContent") for each in titles] == ["steps steps", "pod foo", "container busybox"]
    assert {"Running", "Error"} <= set(texts(browser, ".scenario:target text.word"))
    assert browser.find_elements(CSS, ".scenario:target g.restart")
    assert "restart" in texts(browser, ".scenario:target .legend span")


def test_hovering_tells_what_and_when(at: At) -> None:
    from selenium.webdriver import ActionChains

    browser = at("#s4")
    span = browser.find_elements(CSS, ".scenario:target .canvas rect.span:not(.moment)")[-2]
    ActionChains(browser).move_to_element(span).perform()

    tip = browser.find_element(CSS, "#tip").text
    assert tip.startswith("busybox: ")
    assert "→" in tip


def test_hovering_over_a_step_in_the_picture_lights_its_line(at: At) -> None:
    from selenium.webdriver import ActionChains

    browser = at("#s4")
    wait = browser.find_element(CSS, ".scenario:target .canvas rect.span:not(.moment)")
    ActionChains(browser).move_to_element(wait).perform()

    [line] = texts(browser, ".scenario:target .step.lit .line p")
    assert line.startswith('Then pod "foo" shows "CrashLoopBackOff"')


def test_zooming_shows_less_time_and_0_shows_all_again(at: At) -> None:
    browser = at("#s4")
    whole = window(browser)

    browser.find_element(CSS, ".scenario:target [data-do=in]").click()
    nearer = window(browser)
    press(browser, "+", on=".scenario:target .canvas svg")
    nearest = window(browser)
    press(browser, "0", on=".scenario:target .canvas svg")

    assert whole != nearer != nearest
    assert window(browser) == whole


def test_the_scale_can_be_true(at: At) -> None:
    browser = at("#s4")
    before = window(browser)
    button = browser.find_element(CSS, ".scenario:target [data-do=scale]")
    pressed = button.get_attribute("aria-pressed")

    button.click()

    assert button.get_attribute("aria-pressed") != pressed
    assert window(browser) != before


def test_arrows_walk_through_a_picture_and_tell_what_they_meet(at: At) -> None:
    from selenium.webdriver import Keys

    browser = at("#s4")
    picture = ".scenario:target .canvas svg"
    press(browser, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN, on=picture)
    lane = browser.find_element(CSS, "#tip").text
    press(browser, Keys.ARROW_RIGHT, on=picture)

    assert lane
    assert browser.find_element(CSS, "#tip").text != lane
    assert browser.find_element(CSS, "#tip").get_attribute("role") == "status"


def test_everything_is_reached_by_the_keyboard(at: At) -> None:
    from selenium.webdriver import Keys

    browser = at("#s1")
    browser.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
    reached = set()
    for _ in range(60):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        element = browser.switch_to.active_element
        reached.add(
            f"{element.tag_name}.{(element.get_attribute('class') or element.get_attribute('id') or '').split(' ')[0]}"
        )

    assert {"button.chip", "button.icon", "input.find", "a.cell", "svg.", "summary."} <= reached


def test_j_and_k_go_from_scenario_to_scenario(at: At) -> None:
    browser = at("#s1")

    press(browser, "jj")
    assert chosen(browser) == "It flies"

    press(browser, "k")
    assert chosen(browser) == "Nobody can say"


def test_the_list_is_filtered_by_words_and_by_results(at: At) -> None:
    browser = at("#s1")

    press(browser, "/")
    press(browser, "goes wrong crash")
    assert texts(browser, "nav tr.row th") == []

    press(browser, "\ue00c")
    press(browser, "/")
    press(browser, "won crash")
    assert texts(browser, "nav tr.row th") == ["It crashes, and crashes again"]

    press(browser, "\ue00c")
    browser.find_element(CSS, "[data-only=inconclusive]").click()
    assert texts(browser, "nav tr.row th") == ["Nobody can say"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_machine_until_it_is_switched(at: At, scheme: str) -> None:
    browser = at("#s1", scheme=scheme)

    def lightness() -> int:
        colour = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(","))

    before = lightness()
    browser.find_element(CSS, "#theme").click()

    assert (before > 384) is (scheme == "light")
    assert (lightness() > 384) is (scheme == "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(at: At, scheme: str) -> None:
    """Every text of the page has a contrast of 4.5 at least, as WCAG 2 AA asks for."""
    browser = at("#s1", scheme=scheme)

    assert browser.execute_script(CONTRAST) == []


@pytest.mark.parametrize("width", [360, 500, 820, 1400])
def test_nothing_hangs_over_the_edge(at: At, width: int) -> None:
    browser = at("#s1", size=(1400, 900))
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        over = browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
        assert over <= 0
        assert len(texts(browser, ".scenario:target .canvas svg text")) > 3
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_on_a_phone_a_scenario_takes_the_place_of_the_list(at: At) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    browser = at()
    until = WebDriverWait(browser, 10).until
    metrics = {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        browser.get(browser.current_url.partition("#")[0])
        browser.refresh()
        browser.find_element(CSS, "nav tr.row th a").click()
        until(lambda _: texts(browser, "nav") == [])
        assert chosen(browser) == "It never completes"

        browser.find_element(CSS, ".scenario:target .back").click()
        until(lambda _: len(texts(browser, "nav tr.row th")) == 4)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
