package io.bongsu.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import io.bongsu.app.console.Terminal;
import java.nio.file.Path;
import java.util.List;
import net.logstash.logback.encoder.LogstashEncoder;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Our own logs: lines for people when standard error is a terminal, otherwise JSON as logstash-logback-encoder writes it;
 * never on standard output, which belongs to the command. The libraries are heard from WARN on.
 */
public final class Logs {
    private static final List<String> QUIET = List.of(
            "org.apache.kafka",
            "io.netty",
            "org.apache.hc",
            "co.elastic",
            "org.rocksdb",
            "org.elasticsearch",
            "org.apache.avro");
    private static final String FOR_PEOPLE =
            "%d{HH:mm:ss} %-5level %logger{0}: %replace(%msg){'\\p{Cntrl}', ' '}%n%ex{short}";

    private Logs() {}

    /** Warnings to standard error: for commands that answer and end. */
    public static void toStandardError() {
        configure(Level.WARN, null);
    }

    /** Everything to standard error: for a role that runs for long. */
    public static void ofService() {
        configure(Level.INFO, null);
    }

    /** Everything to a file of bounded size, as JSON; what somebody must see to standard error as well. */
    public static void toFile(Path file) {
        configure(Level.ERROR, file);
    }

    private static void configure(Level standardError, @Nullable Path file) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(file == null ? standardError : Level.INFO);
        root.addAppender(standardError(context, standardError));
        if (file != null) {
            root.addAppender(file(context, file));
        }
        QUIET.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
        // Advice on settings at every start.
        context.getLogger("org.apache.kafka.streams.StreamsConfig").setLevel(Level.ERROR);
        // A reader that goes from topic to topic leaves answers behind that it no longer waits for.
        context.getLogger("org.apache.kafka.clients.consumer.internals.OffsetFetcherUtils")
                .setLevel(Level.ERROR);
    }

    private static Appender<ILoggingEvent> standardError(LoggerContext context, Level level) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(Terminal.isErr() ? forPeople(context) : json(context));
        ThresholdFilter threshold = new ThresholdFilter();
        threshold.setLevel(level.toString());
        threshold.start();
        appender.addFilter(threshold);
        appender.start();
        return appender;
    }

    private static Appender<ILoggingEvent> file(LoggerContext context, Path file) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setEncoder(json(context));
        FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
        window.setContext(context);
        window.setParent(appender);
        window.setFileNamePattern(file + ".%i");
        window.setMinIndex(1);
        window.setMaxIndex(2);
        window.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(FileSize.valueOf("16MB"));
        size.start();
        appender.setRollingPolicy(window);
        appender.setTriggeringPolicy(size);
        appender.start();
        return appender;
    }

    private static Encoder<ILoggingEvent> forPeople(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(FOR_PEOPLE);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        LogstashEncoder encoder = new LogstashEncoder();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}
