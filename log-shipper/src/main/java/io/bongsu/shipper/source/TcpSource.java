package io.bongsu.shipper.source;

import io.bongsu.shipper.frame.Framing;
import io.bongsu.shipper.frame.StreamFramer;
import io.bongsu.shipper.handoff.Bound;
import io.bongsu.shipper.handoff.HandOff;
import io.bongsu.shipper.handoff.Origin;
import io.bongsu.shipper.handoff.Source;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams of frames over TCP. When memory is used up, no connection is read from, and the senders' TCP waits. A
 * connection that ends in the middle of a frame has sent that frame.
 */
public final class TcpSource implements SocketSource {
    private static final Logger LOG = LoggerFactory.getLogger(TcpSource.class);
    private static final FastThreadLocal<byte[]> CHUNK = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[64 * 1024];
        }
    };

    private final HandOff handOff;
    private final Bound bound;
    private final Connections connections;
    private final Origin origin;
    private final Framing framing;
    private final int maxLineBytes;
    private final ChannelGroup children = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Channel server;

    /**
     * Binds and listens.
     *
     * @param idle a connection that is silent for so long is closed; zero: never
     * @throws IOException the address cannot be had
     */
    public TcpSource(
            Transport transport,
            HandOff handOff,
            Bound bound,
            Connections connections,
            Origin origin,
            InetSocketAddress bind,
            Framing framing,
            int maxLineBytes,
            Duration idle)
            throws IOException {
        this.handOff = handOff;
        this.bound = bound;
        this.connections = connections;
        this.origin = origin;
        this.framing = framing;
        this.maxLineBytes = maxLineBytes;
        this.server = Binding.await(new ServerBootstrap()
                .group(transport.tcp())
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (!idle.isZero()) {
                            channel.pipeline()
                                    .addLast(new IdleStateHandler(idle.toMillis(), 0, 0, TimeUnit.MILLISECONDS));
                        }
                        channel.pipeline().addLast(new Connection());
                    }
                })
                .bind(bind));
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    @Override
    public void roomChanged() {
        for (Channel child : children) {
            readIfRoom(child);
        }
    }

    /** Each change queues one of these behind the change, and each looks at the latest state: none can be missed. */
    private void readIfRoom(Channel child) {
        child.eventLoop().execute(() -> child.config().setAutoRead(bound.open()));
    }

    @Override
    public void close() {
        server.close().awaitUninterruptibly();
        children.close().awaitUninterruptibly();
    }

    private final class Connection extends ChannelInboundHandlerAdapter {
        private final StreamFramer framer = new StreamFramer(framing, maxLineBytes);
        private @Nullable Source source;
        private boolean entered;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            entered = connections.enter();
            if (!entered || !(context.channel().remoteAddress() instanceof InetSocketAddress peer)) {
                context.close();
                return;
            }
            source = handOff.source(origin, ip(peer.getAddress()));
            children.add(context.channel());
            readIfRoom(context.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            Source sender = Objects.requireNonNull(source, "nothing is read before the connection is active");
            try {
                byte[] chunk = CHUNK.get();
                while (buffer.isReadable()) {
                    int length = Math.min(chunk.length, buffer.readableBytes());
                    buffer.readBytes(chunk, 0, length);
                    try (Source.Lines lines = sender.open()) {
                        framer.feed(chunk, 0, length, lines);
                    }
                }
                if (!bound.open()) {
                    // At once: the change is on its way to this connection, but it may be in the middle of many reads.
                    context.channel().config().setAutoRead(false);
                }
            } finally {
                buffer.release();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (entered) {
                connections.leave();
            }
            if (source != null) {
                try (Source.Lines lines = source.open()) {
                    framer.end(lines);
                }
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof IdleStateEvent && bound.open()) {
                context.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof IOException) {
                LOG.atDebug().addKeyValue("listener", origin.listener()).log("Connection lost");
            } else {
                LOG.atError()
                        .setCause(cause)
                        .addKeyValue("listener", origin.listener())
                        .log("Connection closed because its data could not be handled");
            }
            context.close();
        }
    }

    /** As RFC 5952 writes it, without a zone. */
    static String ip(InetAddress address) {
        return NetUtil.toAddressString(address);
    }
}
