package io.bongsu.shipper.source;

import io.bongsu.shipper.frame.Violation;
import io.bongsu.shipper.handoff.Ledger;
import io.bongsu.shipper.handoff.Source;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dialogue that answers when lines are durable, in their order. What is not answered when the connection ends, the peer
 * sends again: so nothing that was begun is kept, and there is nothing to lose.
 */
abstract class Answering implements Dialogue {
    /** More than this no peer can mean: a longer frame is a lie, however much of it would be kept. */
    static final int LONGEST = 64 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

    protected final Channel channel;
    protected final Source source;
    private final Ledger.Listener ledger;
    private final String listener;
    private int owed;
    private boolean deaf;
    private boolean leaving;

    Answering(Channel channel, Source source, Ledger.Listener ledger, String listener) {
        this.channel = channel;
        this.source = source;
        this.ledger = ledger;
        this.listener = listener;
    }

    /** One read. What it says with {@link #answer} is said when its lines are durable. */
    abstract void take(byte[] data, int offset, int length, Source.Lines lines) throws Violation;

    /** Whether the peer was in the middle of saying something. */
    abstract boolean inside();

    /** The last words, if the protocol has any; the channel is closed behind them. */
    abstract ByteBuf farewell();

    @Override
    public final void take(byte[] data, int offset, int length) {
        if (deaf || !channel.isActive()) {
            return; // what is taken now could not be answered: it comes again, and would be there twice
        }
        try (Source.Lines lines = source.open()) {
            take(data, offset, length, lines);
        } catch (Violation e) {
            refuse(e);
        }
    }

    /** Runs once the lines so far are durable, unless the connection has ended by then. */
    final void answer(Source.Lines lines, Runnable answer) {
        owed++;
        lines.whenDurable(() -> onLoop(() -> {
            owed--;
            if (channel.isActive()) {
                answer.run();
                leaveIfDone();
            }
        }));
    }

    private void onLoop(Runnable action) {
        try {
            channel.eventLoop().execute(action);
        } catch (RejectedExecutionException e) {
            LOG.atDebug()
                    .addKeyValue("listener", listener)
                    .log("Durable, but there is no connection left to answer on");
        }
    }

    @Override
    public final boolean owes() {
        return owed > 0;
    }

    @Override
    public final void finish() {
        deaf = true;
        leaving = true;
        leaveIfDone();
    }

    private void leaveIfDone() {
        if (leaving && owed == 0) {
            leaving = false;
            leave();
        }
    }

    private void leave() {
        channel.writeAndFlush(farewell()).addListener(ChannelFutureListener.CLOSE);
    }

    private void refuse(Violation e) {
        deaf = true;
        long count = ledger.closed(e.reason());
        if (Long.bitCount(count) == 1) { // the first, and again whenever there are twice as many
            LOG.atWarn()
                    .addKeyValue("listener", listener)
                    .addKeyValue("peer", channel.remoteAddress())
                    .addKeyValue("reason", e.getMessage())
                    .addKeyValue("closed", count)
                    .log("A connection is closed for what its peer sends; it sends again what was not answered");
        }
        leave();
    }

    @Override
    public void ended() {
        if (!deaf && inside()) {
            ledger.closed("half");
        }
        deaf = true;
    }
}
