package io.bongsu.shipper.source;

import io.bongsu.shipper.handoff.Bound;
import io.bongsu.shipper.handoff.HandOff;
import io.bongsu.shipper.handoff.Ledger;
import io.bongsu.shipper.handoff.Origin;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections over TCP. When memory is used up, none is read from, and the senders' TCP waits. What is said on them is a
 * {@link Protocol}'s.
 */
public final class TcpSource implements SocketSource {
    private static final Logger LOG = LoggerFactory.getLogger(TcpSource.class);
    /** Each connection may hold so much while there is no room: with a thousand of them that counts. */
    private static final int READ_BYTES = 16 * 1024;
    /** How long those who are owed an answer may wait for it when we stop; what is not answered is sent again by them. */
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private static final FastThreadLocal<byte[]> CHUNK = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[64 * 1024];
        }
    };

    private final HandOff handOff;
    private final Bound bound;
    private final Connections connections;
    private final Ledger.Listener ledger;
    private final Origin origin;
    private final Dialogue.Factory protocol;
    private final ChannelGroup children = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final @Nullable TlsFiles tls;
    private final Channel server;

    /**
     * Binds and listens.
     *
     * @param maxBytes of a line or an event that are kept
     * @throws IOException the address cannot be had
     */
    public TcpSource(
            Transport transport,
            HandOff handOff,
            Bound bound,
            Connections connections,
            Ledger.Listener ledger,
            Origin origin,
            InetSocketAddress bind,
            @Nullable TlsFiles tls,
            Protocol protocol,
            int maxBytes)
            throws IOException {
        this.handOff = handOff;
        this.bound = bound;
        this.connections = connections;
        this.origin = origin;
        this.tls = tls;
        this.ledger = ledger;
        this.protocol = protocol.factory(ledger, origin.listener(), maxBytes, connections.large());
        Duration idle = connections.limits().idle();
        this.server = Binding.await(new ServerBootstrap()
                .group(transport.tcp())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 2048, READ_BYTES))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline()
                                    .addLast(tls.handler(
                                            channel.alloc(),
                                            connections.limits().handshake()));
                        }
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
        onLoop(child, Connection::goOn);
    }

    private static void onLoop(Channel child, BiConsumer<Connection, Channel> action) {
        child.eventLoop().execute(() -> {
            Connection connection = child.pipeline().get(Connection.class);
            if (connection != null) { // it has not ended meanwhile
                action.accept(connection, child);
            }
        });
    }

    @Override
    public void close() {
        server.close().awaitUninterruptibly();
        for (Channel child : children) {
            onLoop(child, Connection::finish);
        }
        children.newCloseFuture().awaitUninterruptibly(FAREWELL.toMillis());
        children.close().awaitUninterruptibly();
    }

    private final class Connection extends ChannelInboundHandlerAdapter {
        /** Read, and not taken yet because there was no room. */
        private final Deque<ByteBuf> waiting = new ArrayDeque<>();

        private @Nullable Dialogue dialogue;
        /** Whom it counts for; null: it was refused. */
        private @Nullable InetAddress entered;

        private boolean taking;
        /** Whether we did not read for a while since it was looked at last. */
        private boolean unread;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (!(context.channel().remoteAddress() instanceof InetSocketAddress peer)) {
                context.close(); // it has ended already
                return;
            }
            String refused = connections.enter(peer.getAddress());
            if (refused != null) {
                closed(context.channel(), refused, ledger.refused(refused, peer.getAddress()));
                context.close();
                return;
            }
            entered = peer.getAddress();
            children.add(context.channel());
            if (tls == null) {
                begin(context.channel(), peer, null);
            } else {
                context.channel().config().setAutoRead(true); // the handshake; what follows waits for room
            }
        }

        private void begin(Channel channel, InetSocketAddress peer, @Nullable String subject) {
            dialogue = protocol.begin(channel, handOff.source(origin, ip(peer.getAddress()), subject));
            readIfRoom(channel);
        }

        private void handshake(ChannelHandlerContext context, SslHandshakeCompletionEvent event) {
            TlsFiles files = Objects.requireNonNull(tls, "a handshake without TLS");
            if (!event.isSuccess()) {
                files.failed(event.cause());
                if (event.cause() instanceof SslHandshakeTimeoutException) {
                    closed(context.channel(), "handshake", ledger.closed("handshake"));
                }
                context.close();
            } else if (context.channel().remoteAddress() instanceof InetSocketAddress peer) {
                context.channel().config().setAutoRead(false);
                begin(
                        context.channel(),
                        peer,
                        TlsFiles.subject(context.pipeline().get(SslHandler.class)));
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            waiting.add((ByteBuf) message);
            goOn(context.channel());
        }

        /** A peer that does not read our answers is not read either. */
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            goOn(context.channel());
        }

        /** Takes what waits while there is room, and reads on if there is some left. */
        void goOn(Channel channel) {
            Dialogue peer = dialogue;
            if (peer == null || taking) {
                return; // an answer that is written while bytes are taken may bring us here again
            }
            taking = true;
            try {
                while (!waiting.isEmpty() && hasRoom(channel)) {
                    take(peer);
                }
            } finally {
                taking = false;
            }
            // At once: the change is on its way to this connection, but it may be in the middle of many reads.
            boolean read = waiting.isEmpty() && hasRoom(channel);
            channel.config().setAutoRead(read);
            unread |= !read;
        }

        private boolean hasRoom(Channel channel) {
            return bound.open() && channel.isWritable();
        }

        private void take(Dialogue peer) {
            ByteBuf buffer = waiting.getFirst();
            try {
                byte[] chunk = CHUNK.get();
                int length = Math.min(Math.min(chunk.length, peer.step()), buffer.readableBytes());
                buffer.readBytes(chunk, 0, length);
                peer.take(chunk, 0, length);
            } finally {
                if (!buffer.isReadable()) {
                    waiting.remove().release();
                }
            }
        }

        void finish(Channel channel) {
            if (dialogue != null) {
                dialogue.finish();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (entered != null) {
                connections.leave(entered);
            }
            Dialogue peer = dialogue;
            try {
                while (peer != null && !waiting.isEmpty()) {
                    take(peer);
                }
            } finally {
                waiting.forEach(ByteBuf::release);
                waiting.clear();
                if (peer != null) {
                    peer.ended();
                }
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent done) {
                handshake(context, done);
            }
            if (event instanceof IdleStateEvent) {
                idle(context.channel());
            }
        }

        /** Silent for so long, unless it was we who did not listen, or who were to speak. */
        private void idle(Channel channel) {
            Dialogue peer = dialogue;
            boolean heard = !unread;
            unread = !channel.config().isAutoRead();
            if (heard && peer != null && !peer.owes()) {
                closed(channel, "idle", ledger.closed("idle"));
                peer.finish();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
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

    private void closed(Channel channel, String reason, long count) {
        if (Long.bitCount(count) == 1) { // the first, and again whenever there are twice as many
            LOG.atWarn()
                    .addKeyValue("listener", origin.listener())
                    .addKeyValue("peer", channel.remoteAddress())
                    .addKeyValue("reason", reason)
                    .addKeyValue("closed", count)
                    .log("A connection is closed because of a limit");
        }
    }

    /** As RFC 5952 writes it, without a zone. */
    static String ip(InetAddress address) {
        return NetUtil.toAddressString(address);
    }
}
