package io.bongsu.rules;

import org.jspecify.annotations.Nullable;

/** Where events come from, in Sigma's terms; a part that is null says nothing. */
public record LogSource(
        @Nullable String category, @Nullable String product, @Nullable String service) {}
