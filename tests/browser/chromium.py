"""A real Chromium, driven by its DevTools protocol: what it shows, says and asks for."""

import base64
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

BINARY = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
_PATIENCE = 60.0  # seconds for an answer
_IS_THERE = "document.readyState === 'complete' && location.href !== 'about:blank'"


class Tab:
    """An empty tab that records what the console says and which addresses are asked for."""

    def __init__(self, address: str) -> None:
        self._socket = connect(address, max_size=None)
        self._number = 0
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._loaded = False
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv(timeout=_PATIENCE))
            if told.get("id") == self._number:
                assert "error" not in told, told["error"]
                return told["result"]
            self._note(told)

    def _note(self, told: dict[str, Any]) -> None:
        method, params = told.get("method"), told.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.errors.append(str(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.errors.append(str(params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.errors.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.loadEventFired":
            self._loaded = True

    def open(self, url: str, width: int, height: int = 900, dark: bool = False) -> None:
        """Show a page at a width, in a colour scheme."""
        self.errors.clear()
        self.requests.clear()
        self._loaded = False
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url="about:blank")
        self._loaded = False
        self.requests.clear()
        self.call("Page.navigate", url=url)
        end = time.monotonic() + _PATIENCE
        # The empty page's own event may come late: the page that is asked for must be there, too.
        while not (self._loaded and self.evaluate(_IS_THERE)):
            assert time.monotonic() < end, f"{url} does not load"
            self.evaluate("0")
        self.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")

    def evaluate(self, script: str) -> Any:
        """Run a script in the page, from outside of its policy, and give its value."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, text: str | None = None) -> None:
        """Press a key where the focus is."""
        code = {
            "Enter": 13,
            "Escape": 27,
            "Tab": 9,
            "ArrowRight": 39,
            "ArrowLeft": 37,
            "ArrowDown": 40,
            "ArrowUp": 38,
        }.get(key, 0)
        if key == "Enter":
            text = "\r"
        common = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def write(self, text: str) -> None:
        """Type text where the focus is."""
        self.call("Input.insertText", text=text)

    def picture(self, path: Path, top: float = 0, height: float | None = None) -> None:
        """Take a picture of the page, or of a part of its height."""
        size = self.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        clip = {
            "x": 0,
            "y": top,
            "width": size[0],
            "height": min(height or size[1], size[1] - top),
            "scale": 1,
        }
        shot = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """Leave the tab."""
        self._socket.close()


@contextmanager
def browser() -> Iterator[Tab]:
    """Start Chromium without a network and give its tab."""
    assert BINARY
    with tempfile.TemporaryDirectory() as profile:
        command = [
            BINARY,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            "--no-first-run",
            "--disable-extensions",
            "--proxy-server=127.0.0.1:9",
            "--disable-background-networking",
            "about:blank",
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            tab = Tab(_address(Path(profile)))
            yield tab
            tab.close()
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def _address(profile: Path) -> str:
    """Find the tab's socket; Chromium writes its port into its profile."""
    import http.client

    port_file = profile / "DevToolsActivePort"
    end = time.monotonic() + _PATIENCE
    while not (port_file.exists() and port_file.read_text().strip()):
        assert time.monotonic() < end, "Chromium does not start"
        time.sleep(0.05)
    connection = http.client.HTTPConnection("127.0.0.1", int(port_file.read_text().splitlines()[0]))
    connection.request("GET", "/json/list")
    targets = json.loads(connection.getresponse().read())
    return next(t["webSocketDebuggerUrl"] for t in targets if t["type"] == "page")
