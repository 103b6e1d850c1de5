/**
 * Sockets to frames. Knows Netty and nothing of acknowledgement: a source asks whether there is room, and hands over
 * lines. Other kinds of sources (TLS, RELP, Beats, GELF, files) go here.
 */
@NullMarked
package io.bongsu.shipper.source;

import org.jspecify.annotations.NullMarked;
