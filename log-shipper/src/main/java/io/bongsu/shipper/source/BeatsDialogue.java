package io.bongsu.shipper.source;

import io.bongsu.shipper.frame.BeatsFramer;
import io.bongsu.shipper.frame.LargeFrames;
import io.bongsu.shipper.frame.Violation;
import io.bongsu.shipper.handoff.Ledger;
import io.bongsu.shipper.handoff.Source;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lumberjack version 2 as Beats speak it: {@code 2A} with the sequence of a window's last event when all of it is durable.
 * While that takes long, one every few seconds says how far it is, or 0: a Beat that hears nothing for 30 seconds sends
 * the whole batch again.
 */
final class BeatsDialogue extends Answering {
    static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    /** Packed a thousand times at most, this is a megabyte of lines that may come although there is no more room. */
    private static final int STEP = 1024;

    /** Some hundred times a large batch of a Beat. What it costs in memory is one event, whatever it unpacks to. */
    private static final long MOST = 1024L * 1024 * 1024;

    private final BeatsFramer framer;
    private final Future<?> keepingAlive;
    private long latest;
    /** Of the window that is not answered yet. */
    private long durable;

    BeatsDialogue(
            Channel channel,
            Source source,
            Ledger.Listener ledger,
            String listener,
            int maxEventBytes,
            LargeFrames large) {
        super(channel, source, ledger, listener);
        framer = new BeatsFramer(maxEventBytes, LONGEST, MOST, large);
        keepingAlive = channel.eventLoop()
                .scheduleAtFixedRate(
                        this::keepAlive, KEEP_ALIVE.toMillis(), KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public int step() {
        return STEP;
    }

    @Override
    void take(byte[] data, int offset, int length, Source.Lines lines) throws Violation {
        List<Long> complete = new ArrayList<>(1);
        long before = latest;
        framer.feed(data, offset, length, new BeatsFramer.Events() {
            @Override
            public void event(long sequence, boolean last, byte[] event, int from, int size, int cut) {
                lines.frame(event, from, size, cut);
                latest = sequence;
                if (last) {
                    windowEnded();
                }
            }

            @Override
            public void windowEnded() {
                complete.add(latest);
                latest = 0;
            }
        });
        long reached = latest;
        if (!complete.isEmpty() || reached != before) {
            answer(lines, () -> {
                complete.forEach(this::acknowledge);
                durable = reached;
            });
        }
    }

    private void keepAlive() {
        if (owes() || framer.inside()) {
            acknowledge(durable);
        }
    }

    private void acknowledge(long sequence) {
        channel.writeAndFlush(acknowledgement(sequence));
    }

    private static ByteBuf acknowledgement(long sequence) {
        return Unpooled.buffer(6).writeByte('2').writeByte('A').writeInt((int) sequence);
    }

    @Override
    boolean inside() {
        return framer.inside();
    }

    @Override
    ByteBuf farewell() {
        return durable > 0 ? acknowledgement(durable) : Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void ended() {
        super.ended();
        keepingAlive.cancel(false);
        framer.close();
    }
}
