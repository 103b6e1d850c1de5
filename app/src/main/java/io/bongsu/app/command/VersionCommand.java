package io.bongsu.app.command;

import picocli.CommandLine.Command;

@Command(name = "version", description = "The version, of Bongsu and of Java.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
    @Override
    public void run() {
        System.out.println("bongsu " + Commands.Version.number());
        System.out.println("java " + Runtime.version() + " (" + System.getProperty("java.home") + ")");
    }
}
