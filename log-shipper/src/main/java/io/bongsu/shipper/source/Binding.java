package io.bongsu.shipper.source;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;

final class Binding {
    private Binding() {}

    static Channel await(ChannelFuture bound) throws IOException {
        bound.awaitUninterruptibly();
        Throwable failure = bound.cause();
        if (failure != null) {
            throw failure instanceof IOException io ? io : new IOException(failure.getMessage(), failure);
        }
        return bound.channel();
    }
}
