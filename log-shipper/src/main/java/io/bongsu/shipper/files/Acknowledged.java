package io.bongsu.shipper.files;

/** How far a file is durable: told by the hand-off's thread, and shared by a file and the copy that goes on for it. */
final class Acknowledged {
    volatile Place place;

    Acknowledged(Place place) {
        this.place = place;
    }
}
