package io.bongsu.embedded;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A parent process for the tests that kill it. Prints {@code started PID} for each child, and {@code ready} when all are
 * ready.
 */
final class Parent {
    private Parent() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        switch (args[0]) {
            case "child" -> {
                ChildProcess child = Child.doing(args[2], folder.resolve("log")).build(new Report());
                child.start();
                child.awaitReady();
            }
            case "kafka" ->
                KafkaProcess.start(folder, 0, 128, new Report(), ChildProcess.Backoff.DEFAULT)
                        .awaitReady();
            case "elasticsearch" ->
                ElasticsearchProcess.start(folder, 0, 384, new Report(), ChildProcess.Backoff.DEFAULT)
                        .awaitReady();
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.out.println("ready");
        new CountDownLatch(1).await();
    }

    private static final class Report implements ChildProcess.Listener {
        @Override
        public void started(String name, long pid) {
            System.out.println("started " + pid);
        }
    }

    /** Starts it, and kills it when it has printed the line that begins like this. The child that it had. */
    static ProcessHandle killedAt(String line, String kind, Path folder, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Child.CLASS_PATH,
                Parent.class.getName(),
                kind,
                folder.toString()));
        command.addAll(List.of(more));
        Process parent = new ProcessBuilder(command).redirectErrorStream(true).start();
        StringBuilder heard = new StringBuilder();
        ProcessHandle child = null;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
            for (String said; (said = out.readLine()) != null; ) {
                heard.append(said).append('\n');
                if (said.startsWith("started ")) {
                    child = ProcessHandle.of(Long.parseLong(said.substring(8))).orElseThrow();
                }
                if (said.startsWith(line)) {
                    parent.destroyForcibly().waitFor();
                    if (child == null) {
                        throw new AssertionError("no child before: " + heard);
                    }
                    return child;
                }
            }
        }
        throw new AssertionError("the parent ended by itself: " + heard);
    }
}
