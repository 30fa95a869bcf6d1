package io.tollgate.examples.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A browser with a profile of its own, and what a test does with one. Not thread-safe. */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** A common phone, in CSS pixels. */
    private static final Map<String, Object> PHONE =
            Map.of("width", 390, "height", 844, "deviceScaleFactor", 2, "mobile", true);

    /** Held, for a logger that nobody holds forgets its level. Of the browser's own protocol hardly anything is used here. */
    private static final Logger VERSIONS = Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

    static {
        VERSIONS.setLevel(Level.SEVERE);
    }

    private final ChromeDriver driver;
    private final List<String> problems = new ArrayList<>();

    /** Starts one, {@code width} by {@code height} CSS pixels large. */
    Browser(int width, int height) {
        this(width, height, List.of());
    }

    /** Starts one that trusts every certificate. */
    static Browser trustingAll(int width, int height) {
        return new Browser(width, height, List.of("--ignore-certificate-errors"));
    }

    private Browser(int width, int height, List<String> more) {
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(onPath("chromedriver"))
                .usingAnyFreePort()
                .build();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(onPath("chromium", "chromium-browser", "google-chrome"));
        // The driver makes a profile for each session and deletes it afterwards. Root, as in a container, needs
        // --no-sandbox.
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--window-size=" + width + "," + height);
        options.addArguments(more);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        driver = new ChromeDriver(service, options);
        screen(Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Has the page shown as a phone would. */
    void becomeAPhone() {
        screen(PHONE);
    }

    /** Light or dark, as a person may have set the system to. */
    void prefersColorScheme(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    void open(String url) {
        driver.get(url);
    }

    /** The element, once it is there and visible. */
    WebElement await(String css) {
        return Awaitility.await("visible: " + css)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsMatching(Browser::isNotThereYet)
                .until(() -> driver.findElement(By.cssSelector(css)), WebElement::isDisplayed);
    }

    /** The text of the element, once it contains {@code part}. */
    String awaitText(String css, String part) {
        return Awaitility.await("\"" + part + "\" in " + css)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsMatching(Browser::isNotThereYet)
                .until(() -> driver.findElement(By.cssSelector(css)).getText(), text -> text.contains(part));
    }

    /** Returns the text of the element, once it is another one than {@code text}. */
    String awaitOtherText(String css, String text) {
        return Awaitility.await("another text in " + css)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsMatching(Browser::isNotThereYet)
                .until(
                        () -> driver.findElement(By.cssSelector(css)).getText(),
                        now -> !now.isEmpty() && !now.equals(text));
    }

    /** Clicks the element in the middle of the screen, where nothing that sticks to an edge covers it. */
    void click(String css) {
        show(css);
        await(css).click();
    }

    /** Scrolls the element to the middle of the screen. */
    void show(String css) {
        driver.executeScript("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", await(css));
    }

    /** Presses keys where the focus is. */
    void press(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    boolean has(String css) {
        return !driver.findElements(By.cssSelector(css)).isEmpty();
    }

    /** Returns the result of a script in the page. */
    Object ask(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** That nothing sticks out to the right: a page that fits needs no scrolling sideways. */
    void assertFitsItsWidth() {
        Number tooWide =
                (Number) ask("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assertThat(tooWide.intValue()).as("pixels beyond the right edge").isLessThanOrEqualTo(0);
    }

    /**
     * Returns what the browser's console holds against the pages so far: errors of scripts, breaches of a content security policy,
     * failed loads. An answer of the gateway that is no success is a failed load: {@code expected} statuses are left out.
     */
    List<String> problems(int... expected) {
        driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue()
                        || entry.getMessage().contains("Content Security Policy"))
                .map(entry -> entry.getLevel() + " " + entry.getMessage())
                .forEach(problems::add);
        return problems.stream()
                .filter(problem -> Arrays.stream(expected)
                        .noneMatch(status -> problem.contains("responded with a status of " + status)))
                .toList();
    }

    /** Takes a picture of what is on the screen, see {@link Pictures}. */
    void picture(String name) {
        Pictures.keep(name, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }

    private void screen(Map<String, Object> metrics) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", metrics);
    }

    private static boolean isNotThereYet(Throwable e) {
        return e instanceof NoSuchElementException || e instanceof StaleElementReferenceException;
    }

    private static File onPath(String... names) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(names)
                .flatMap(name -> Stream.of(path.split(File.pathSeparator)).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "none of " + List.of(names) + " is on the PATH; make test-clients installs them"))
                .toFile();
    }
}
