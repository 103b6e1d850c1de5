package io.bongsu.shipper;

/** The shipper cannot start. The message is for the operator: what is wrong, and what to do. */
public final class ShipperException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ShipperException(String message, Throwable cause) {
        super(message, cause);
    }
}
