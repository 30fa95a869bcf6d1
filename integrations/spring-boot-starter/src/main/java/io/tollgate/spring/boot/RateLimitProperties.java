package io.tollgate.spring.boot;

import io.tollgate.api.ratelimit.OnOutage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Properties {@code tollgate.rate-limit.*}. */
public final class RateLimitProperties {
    /**
     * Rate limits, in the order in which they apply. Each has name and limits, and may have key, cost, routes, methods,
     * charge_on, phase, tiers, exempt, shadow, on_outage and type, as in the configuration of the gateway.
     */
    private List<Map<String, Object>> policies = new ArrayList<>();

    /** Makes responses also carry RateLimit and RateLimit-Policy, the fields of the IETF draft. */
    private boolean standardHeaders;

    /** Decision of policies without on_outage while Redis is unavailable. */
    private OnOutage onOutage = OnOutage.LOCAL;

    /** Number of instances that share the limits while each decides alone. */
    private int replicas = 1;

    /** Maximum of buckets in the memory of this process. */
    private int maxKeys = 100_000;

    /** Leases tokens of hot bucket keys from Redis, which saves decisions there. */
    private boolean leases;

    public List<Map<String, Object>> getPolicies() {
        return policies;
    }

    public void setPolicies(List<Map<String, Object>> policies) {
        this.policies = policies;
    }

    public boolean isStandardHeaders() {
        return standardHeaders;
    }

    public void setStandardHeaders(boolean standardHeaders) {
        this.standardHeaders = standardHeaders;
    }

    public OnOutage getOnOutage() {
        return onOutage;
    }

    public void setOnOutage(OnOutage onOutage) {
        this.onOutage = onOutage;
    }

    public int getReplicas() {
        return replicas;
    }

    public void setReplicas(int replicas) {
        this.replicas = replicas;
    }

    public int getMaxKeys() {
        return maxKeys;
    }

    public void setMaxKeys(int maxKeys) {
        this.maxKeys = maxKeys;
    }

    public boolean isLeases() {
        return leases;
    }

    public void setLeases(boolean leases) {
        this.leases = leases;
    }
}
