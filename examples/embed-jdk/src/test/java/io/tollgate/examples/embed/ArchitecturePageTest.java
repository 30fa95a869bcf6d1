package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The architecture page shows the modules of the POMs, the filters of the gateway, and classes that exist. */
class ArchitecturePageTest {
    private static final Pattern ARROW =
            Pattern.compile("^ *([a-z &-]+?) (-->|-\\.->) ([a-z &-]+)$", Pattern.MULTILINE);
    private static final Pattern CLASS = Pattern.compile("`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)`");
    private static final Pattern MODULE = Pattern.compile("`((?:gateway-|tollgate-spring-)[a-z-]+)`");
    private static final Pattern FILTER_ROW = Pattern.compile("^\\| [0-9]+ \\| `(\\w+)`", Pattern.MULTILINE);
    private static final Pattern FILTER = Pattern.compile("(?:new|^) *(\\w+)(?:\\(|,)", Pattern.MULTILINE);

    @Test
    void thePictureHasTheModulesAndDependenciesOfThePoms() throws IOException {
        assertThat(drawn()).isEqualTo(ofThePoms());
    }

    @Test
    void theModulesAndClassesThatItNamesExist() throws IOException {
        String page = Files.readString(page());

        Set<String> named = all(CLASS, page);
        assertThat(named).hasSizeGreaterThan(20);
        named.removeAll(classes());
        assertThat(named).as("names that no class has").isEmpty();
        assertThat(all(MODULE, page)).hasSizeGreaterThan(10).isSubsetOf(artifacts());
    }

    @Test
    void theFiltersAreInTheOrderOfTheGateway() throws IOException {
        String wiring =
                Files.readString(Sources.file("gateway-undertow-runner/src/main/java/io/tollgate/runner/Wiring.java"));
        String order =
                wiring.substring(wiring.indexOf("filters.addAll(List.of("), wiring.indexOf("return Filter.chain("));
        List<String> filters = new ArrayList<>();
        for (String line : order.replace("filters.addAll(List.of(", "").split("\n")) {
            Matcher filter = FILTER.matcher(line);
            if (filter.find()) {
                filters.add(filter.group(1).substring(0, 1).toUpperCase(Locale.ROOT)
                        + filter.group(1).substring(1));
            }
        }

        assertThat(listed(FILTER_ROW, Files.readString(page()))).isEqualTo(filters);
    }

    private static Path page() {
        return Sources.file("docs/architecture.md");
    }

    private static Set<String> drawn() throws IOException {
        Set<String> arrows = new TreeSet<>();
        Matcher arrow = ARROW.matcher(Files.readString(page()));
        while (arrow.find()) {
            for (String from : arrow.group(1).split(" & ")) {
                for (String to : arrow.group(3).split(" & ")) {
                    arrows.add(from.strip() + " " + arrow.group(2) + " " + to.strip());
                }
            }
        }
        return arrows;
    }

    /** Returns the dependencies of our modules on each other, but for those of tests, examples and the list of versions. */
    private static Set<String> ofThePoms() throws IOException {
        Set<String> arrows = new TreeSet<>();
        Set<String> ours = artifacts();
        for (Path pom : poms()) {
            Element project = read(pom);
            for (Element dependency : nested(project, "dependencies", "dependency")) {
                String to = text(dependency, "artifactId");
                if (ours.contains(to) && !text(dependency, "scope").equals("test")) {
                    String arrow = text(dependency, "optional").equals("true") ? " -.-> " : " --> ";
                    arrows.add(text(project, "artifactId") + arrow + to);
                }
            }
        }
        return arrows;
    }

    private static Set<String> artifacts() throws IOException {
        Set<String> artifacts = new TreeSet<>(Set.of("gateway-bom"));
        for (Path pom : poms()) {
            artifacts.add(text(read(pom), "artifactId"));
        }
        return artifacts;
    }

    private static List<Path> poms() throws IOException {
        return nested(read(Sources.file("pom.xml")), "modules", "module").stream()
                .map(Node::getTextContent)
                .filter(module -> !module.equals("examples") && !module.equals("gateway-bom"))
                .map(module -> Sources.file(module + "/pom.xml"))
                .toList();
    }

    private static Element read(Path pom) {
        try {
            Document document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
            return document.getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException(pom.toString(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Element> nested(Element parent, String list, String name) {
        return children(parent, list).stream()
                .flatMap(found -> children(found, name).stream())
                .toList();
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> children = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element && element.getTagName().equals(name)) {
                children.add(element);
            }
        }
        return children;
    }

    private static String text(Element parent, String name) {
        return children(parent, name).stream()
                .map(found -> found.getTextContent().strip())
                .findFirst()
                .orElse("");
    }

    private static Set<String> classes() throws IOException {
        Set<String> classes = new TreeSet<>();
        for (String folder : modules()) {
            Files.walkFileTree(Sources.file(folder), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".java")) {
                        classes.add(name.substring(0, name.length() - ".java".length()));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return classes;
    }

    private static List<String> modules() throws IOException {
        return poms().stream()
                .map(Path::getParent)
                .map(module -> module.resolve("src/main/java"))
                .filter(Files::isDirectory)
                .map(sources -> Sources.file("").relativize(sources).toString())
                .toList();
    }

    private static Set<String> all(Pattern pattern, String text) {
        return new TreeSet<>(listed(pattern, text));
    }

    private static List<String> listed(Pattern pattern, String text) {
        try (Stream<String> found = pattern.matcher(text).results().map(match -> match.group(1))) {
            return found.toList();
        }
    }
}
