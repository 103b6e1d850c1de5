package io.bongsu.shipper.source;

import io.bongsu.shipper.frame.Datagram;
import io.bongsu.shipper.frame.RelpFramer;
import io.bongsu.shipper.frame.Violation;
import io.bongsu.shipper.handoff.Ledger;
import io.bongsu.shipper.handoff.Source;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * RELP as librelp speaks it: {@code open} with offers, {@code syslog}, {@code close}; {@code 200 OK} when the line is
 * durable, in the order of the commands. A {@code syslog} is never answered with an error: librelp would forget the line.
 * The connection is closed instead, and the line comes again.
 */
final class RelpDialogue extends Answering {
    private static final int VERSION = 1;

    /** Commands that may wait for their answers; senders have windows of their own, 128 unless configured. */
    private static final int WINDOW = 10_000;

    private final RelpFramer framer;
    private final int maxLineBytes;
    private int answered;
    private int unanswered;
    private boolean opened;
    private boolean closing;

    RelpDialogue(Channel channel, Source source, Ledger.Listener ledger, String listener, int maxLineBytes) {
        super(channel, source, ledger, listener);
        this.maxLineBytes = maxLineBytes;
        framer = new RelpFramer(maxLineBytes, LONGEST);
    }

    @Override
    public int step() {
        return Integer.MAX_VALUE;
    }

    @Override
    void take(byte[] data, int offset, int length, Source.Lines lines) throws Violation {
        StringBuilder answers = new StringBuilder();
        framer.feed(
                data,
                offset,
                length,
                (transaction, command, bytes, from, size, cut) ->
                        command(transaction, command, bytes, from, size, cut, lines, answers));
        if (!answers.isEmpty()) {
            int commands = answered;
            answered = 0;
            unanswered += commands;
            answer(lines, () -> {
                unanswered -= commands;
                say(answers);
                readWithinWindow();
            });
            readWithinWindow();
            if (closing) {
                finish();
            }
        }
    }

    /** A connection that is not writable is not read either. */
    private void readWithinWindow() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        if (out != null) { // null: closed
            out.setUserDefinedWritability(1, unanswered < WINDOW);
        }
    }

    private void command(
            int transaction,
            String command,
            byte[] data,
            int offset,
            int length,
            int cut,
            Source.Lines lines,
            StringBuilder answers)
            throws Violation {
        if (transaction == 0 || closing) {
            return; // a hint; or what must not come any more
        }
        answered++;
        switch (command) {
            case "open" -> open(transaction, new String(data, offset, length, StandardCharsets.ISO_8859_1), answers);
            case "syslog" -> {
                if (!opened) {
                    throw new Violation("unopened", "a syslog command before open");
                }
                if (cut > 0) {
                    lines.frame(data, offset, length, cut);
                } else {
                    Datagram.frame(data, offset, length, maxLineBytes, lines);
                }
                answers.append(response(transaction, "200 OK"));
            }
            case "close" -> {
                closing = true;
                answers.append(response(transaction, "200 OK"));
            }
            default -> answers.append(response(transaction, "500 command not supported"));
        }
    }

    private void open(int transaction, String offered, StringBuilder answers) throws Violation {
        if (opened) {
            answers.append(response(transaction, "200 OK already open"));
            return;
        }
        Map<String, List<String>> offers = new HashMap<>();
        for (String offer : offered.split("\n")) {
            String[] part = offer.split("=", 2);
            offers.put(
                    part[0].strip(),
                    part.length == 1 ? List.of() : Arrays.asList(part[1].strip().split(",")));
        }
        if (!offers.getOrDefault("commands", List.of()).contains("syslog")) {
            say(response(transaction, "500 expected the offer commands=syslog"));
            throw new Violation("offers", "an open that does not offer the command syslog");
        }
        String version = offers.getOrDefault("relp_version", List.of("")).getFirst();
        if (!version.matches("\\d{1,9}")) {
            say(response(transaction, "500 expected the offer relp_version with a number"));
            throw new Violation("offers", "an open that does not offer a version");
        }
        opened = true;
        // Nothing is durable or not yet; and a sender may go on to its own queue when we cannot answer lines for long.
        say(response(
                transaction,
                "200 OK\nrelp_version=" + Math.min(VERSION, Integer.parseInt(version))
                        + "\nrelp_software=bongsu\ncommands=syslog"));
    }

    private static String response(int transaction, String data) {
        return transaction + " rsp " + data.length() + " " + data + "\n";
    }

    private void say(CharSequence text) {
        channel.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    @Override
    ByteBuf farewell() {
        return Unpooled.copiedBuffer("0 serverclose 0\n", StandardCharsets.US_ASCII);
    }

    @Override
    boolean inside() {
        return framer.inside();
    }
}
