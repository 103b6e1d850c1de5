package io.bongsu.shipper.source;

import io.bongsu.shipper.handoff.Bound;
import io.bongsu.shipper.handoff.HandOff;
import io.bongsu.shipper.handoff.Ledger;
import io.bongsu.shipper.handoff.Origin;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
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
    private final Origin origin;
    private final Dialogue.Factory protocol;
    private final ChannelGroup children = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final @Nullable TlsFiles tls;
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
            Ledger.Listener ledger,
            Origin origin,
            InetSocketAddress bind,
            @Nullable TlsFiles tls,
            Protocol protocol,
            int maxLineBytes,
            Duration idle)
            throws IOException {
        this.handOff = handOff;
        this.bound = bound;
        this.connections = connections;
        this.origin = origin;
        this.tls = tls;
        this.protocol = protocol.factory(ledger, origin.listener(), maxLineBytes);
        this.server = Binding.await(new ServerBootstrap()
                .group(transport.tcp())
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.handler(channel.alloc()));
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
        private boolean entered;
        private boolean taking;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            entered = connections.enter();
            if (!entered || !(context.channel().remoteAddress() instanceof InetSocketAddress peer)) {
                context.close();
                return;
            }
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
            channel.config().setAutoRead(waiting.isEmpty() && hasRoom(channel));
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
            if (entered) {
                connections.leave();
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
            if (event instanceof IdleStateEvent && bound.open() && (dialogue == null || !dialogue.owes())) {
                context.close();
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

    /** As RFC 5952 writes it, without a zone. */
    static String ip(InetAddress address) {
        return NetUtil.toAddressString(address);
    }
}
