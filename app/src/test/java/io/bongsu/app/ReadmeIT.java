package io.bongsu.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs README.md from top to bottom, and then TUTORIAL.md and OPERATIONS.md on the pipeline that runs by then: every {@code sh} block is executed; a {@code text} block behind one is what its last
 * command prints, but for numbers; a {@code yaml} block that begins with the name of a file becomes that file. A search is
 * repeated until it prints what is expected, since an event needs a second or two.
 */
class ReadmeIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private record Block(String kind, String text) {}

    private Launched launched;
    private @Nullable Process up;
    private int outputs;

    @Test
    void itsCommandsDoWhatItSays() throws Exception {
        launched = new Launched(directory);
        // Its commands are those of somebody who stands in the folder of Bongsu.
        Files.createSymbolicLink(
                directory.resolve("correlation-rules"),
                Path.of("..", "correlation-rules").toRealPath());
        List<Block> blocks = new ArrayList<>(blocks(Files.readString(Path.of("..", "README.md"))));
        blocks.addAll(blocks(Files.readString(Path.of("..", "correlation-rules", "TUTORIAL.md"))));
        int ofReadme = blocks.size();
        blocks.addAll(blocks(Files.readString(Path.of("..", "OPERATIONS.md"))));
        assertThat(blocks.subList(ofReadme, blocks.size())).map(Block::kind).contains("sh");
        assertThat(blocks).map(Block::kind).contains("sh", "text", "yaml");
        try {
            for (int i = 0; i < blocks.size(); i++) {
                Block block = blocks.get(i);
                switch (block.kind()) {
                    case "sh" -> run(block.text(), expected(blocks, i + 1));
                    case "yaml" -> write(block.text());
                    default -> {
                        // for other programs, or read with the block before
                    }
                }
            }
        } finally {
            stop();
        }
        assertThat(launched.alive()).isEmpty();
    }

    private static List<Block> blocks(String readme) {
        List<Block> blocks = new ArrayList<>();
        var fences = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$").matcher(readme);
        while (fences.find()) {
            blocks.add(new Block(fences.group(1), fences.group(2)));
        }
        return blocks;
    }

    private static List<String> expected(List<Block> blocks, int next) {
        return next < blocks.size() && blocks.get(next).kind().equals("text")
                ? blocks.get(next).text().lines().filter(l -> !l.isBlank()).toList()
                : List.of();
    }

    private void write(String text) throws IOException {
        String first = text.lines().findFirst().orElse("");
        if (first.startsWith("# ") && first.endsWith(".yml")) {
            Path file = directory.resolve(first.substring(2));
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        }
    }

    private void run(String block, List<String> expected) throws Exception {
        List<String> commands = block.lines().filter(l -> !l.isBlank()).toList();
        for (String command : commands) {
            List<String> prints = command.equals(commands.get(commands.size() - 1)) ? expected : List.of();
            if (command.endsWith("bongsu up")) {
                up(command);
            } else if (command.endsWith("bongsu demo")) {
                assertPrints(command, execute(command + " --once"), prints);
            } else if (command.contains("bongsu search")) {
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofSeconds(1))
                        .untilAsserted(() -> assertPrints(command, execute(command), prints));
            } else {
                assertPrints(command, execute(command), prints);
            }
        }
    }

    private String execute(String command) throws Exception {
        Path output = directory.resolve("output-" + outputs++ + ".txt");
        int code = launched.finish(launched.start(command, output), 8);
        String printed = Files.readString(output);
        assertThat(code).as(command + "\n" + printed).isZero();
        return printed;
    }

    private void up(String command) throws Exception {
        stop();
        Path output = directory.resolve("output-" + outputs++ + ".txt");
        Process process = launched.start("exec env " + command, output);
        up = process;
        await().atMost(PATIENCE).until(() -> {
            launched.look(process);
            assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
            return Files.readString(output).contains("ready:");
        });
    }

    private void stop() throws InterruptedException {
        if (up != null) {
            up.destroy();
            launched.finish(up, 1);
            up = null;
        }
    }

    /** Each expected line is printed; any number or id stands for any other, and web-1 and db-1 for this machine. */
    private static void assertPrints(String command, String printed, List<String> expected) {
        for (String line : expected) {
            String pattern = Arrays.stream(line.strip().split("\\s+"))
                    .map(ReadmeIT::loose)
                    .collect(Collectors.joining("\\s+"));
            assertThat(printed).as(command).containsPattern(pattern);
        }
    }

    private static String loose(String word) {
        String host = word.replaceAll("(web|db)-1$", "");
        if (!host.equals(word)) {
            return Pattern.quote(host) + "\\S+";
        }
        if (word.matches("[0-9a-f]{10}")) {
            return word.replaceAll(".", "[0-9a-f]");
        }
        StringBuilder pattern = new StringBuilder();
        for (var parts = Pattern.compile("[0-9][0-9.,]*|[^0-9]+").matcher(word); parts.find(); ) {
            String part = parts.group();
            pattern.append(Character.isDigit(part.charAt(0)) ? "[0-9][0-9.,]*" : Pattern.quote(part));
        }
        return pattern.toString();
    }
}
