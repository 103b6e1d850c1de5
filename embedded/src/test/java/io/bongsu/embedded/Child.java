package io.bongsu.embedded;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The child processes of the tests. */
final class Child {
    private Child() {}

    static final String CLASS_PATH = where(ChildProcess.class) + File.pathSeparator + where(Child.class);

    static ChildProcess.Builder doing(String what, Path log) {
        return ChildProcess.builder("Test", CLASS_PATH, Child.class.getName(), log)
                .environment(Map.of("TEST_WHAT", what));
    }

    public static void main(String[] args) throws Exception {
        String what = System.getenv("TEST_WHAT");
        if (!what.equals("deaf")) {
            ParentWatch.start(Duration.ofSeconds(1));
        }
        switch (what) {
            case "work", "deaf" -> ParentWatch.ready();
            case "hang" -> {
                Runtime.getRuntime().addShutdownHook(new Thread(Child::forEver));
                ParentWatch.ready();
            }
            case "fail" -> ParentWatch.fail(new EmbeddedException("the\nreason", "the fix"));
            case "throw" -> throw new IllegalStateException("the cause");
            case "chatter" -> {
                for (int i = 0; i < 3000; i++) {
                    System.out.println("line " + i);
                }
                ParentWatch.ready();
            }
            case "silent" -> {}
            default -> throw new IllegalArgumentException(what);
        }
        forEver();
    }

    private static void forEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            // ends
        }
    }

    private static String where(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
