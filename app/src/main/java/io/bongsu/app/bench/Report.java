package io.bongsu.app.bench;

import java.io.PrintStream;

/** Where a benchmark says what it does and what came out: text for people, or one JSON object a figure for programs. */
public final class Report {
    private final boolean json;
    private final PrintStream out;
    private final PrintStream aside;

    /** @param aside what is no figure, when figures are JSON */
    public Report(boolean json, PrintStream out, PrintStream aside) {
        this.json = json;
        this.out = out;
        this.aside = aside;
    }

    public void say(String text) {
        (json ? aside : out).println(text);
    }

    public void result(Measured measured) {
        out.println(json ? measured.json() : measured.text());
    }
}
