package ar.mcrn.sysmonstm.ops.systemtests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.systemtests.processes.RepositoryRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every link between Markdown files leads to a file, and to a heading, that is there. Links to other sites are not followed. */
final class LinksTest {
    private static final Pattern LINK = Pattern.compile("]\\(([^()\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*)");
    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

    private final Path root = RepositoryRoot.find().path();

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        Set<String> broken = new TreeSet<>();
        int links = 0;
        for (Path file : MarkdownFiles.below(root)) {
            for (String line : prose(file)) {
                Matcher link = LINK.matcher(CODE.matcher(line).replaceAll("`"));
                while (link.find()) {
                    links++;
                    String fault = fault(file, link.group(1));
                    if (!fault.isEmpty()) {
                        broken.add(root.relativize(file) + ": " + link.group(1) + ": " + fault);
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).as("links seen").isGreaterThan(50);
    }

    private String fault(Path file, String target) throws IOException {
        if (ELSEWHERE.matcher(target).matches()) {
            return "";
        }
        String[] parts = target.split("#", 2);
        Path to = parts[0].isEmpty() ? file : file.resolveSibling(parts[0]).normalize();
        if (!Files.exists(to)) {
            return "no such file";
        }
        if (parts.length == 2 && !(to.toString().endsWith(".md") && anchors(to).contains(parts[1]))) {
            return "no such heading";
        }
        return "";
    }

    /** As the headings of a page are named by the sites that show it. */
    private static Set<String> anchors(Path file) throws IOException {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        for (String line : prose(file)) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                String name = heading.group(1)
                        .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-');
                int before = seen.merge(name, 1, Integer::sum) - 1;
                anchors.add(before == 0 ? name : name + "-" + before);
            }
        }
        return anchors;
    }

    /** Lines outside of blocks of code. */
    private static List<String> prose(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        boolean code = false;
        for (String line : Files.readAllLines(file)) {
            if (line.strip().startsWith("```")) {
                code = !code;
            } else if (!code) {
                lines.add(line);
            }
        }
        return lines;
    }
}
