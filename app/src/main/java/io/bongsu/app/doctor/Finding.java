package io.bongsu.app.doctor;

/**
 * What one check found.
 *
 * @param check a stable word for programs
 * @param what for people
 * @param fix what to do; empty when nothing is to be done
 */
public record Finding(Level level, String check, String what, String fix) {
    /** BAD: something does not work or will be lost; NOTE: it works, and could be better. */
    public enum Level {
        OK,
        NOTE,
        BAD
    }

    static Finding ok(String check, String what) {
        return new Finding(Level.OK, check, what, "");
    }

    static Finding note(String check, String what, String fix) {
        return new Finding(Level.NOTE, check, what, fix);
    }

    static Finding bad(String check, String what, String fix) {
        return new Finding(Level.BAD, check, what, fix);
    }
}
