package com.example;

import java.security.Principal;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class Shop {
    @GetMapping("/hello")
    String hello(Principal user) {
        return "Hello, " + (user == null ? "anonymous" : user.getName());
    }

    @GetMapping("/tickets/{id}")
    String ticket(@PathVariable("id") String id) {
        return "Ticket " + id;
    }

    /** For the starter of bucket4j, which needs a cache manager. */
    @Configuration
    @EnableCaching
    @ConditionalOnProperty("bucket4j.enabled")
    static class Caches {}

    public static void main(String[] args) {
        SpringApplication.run(Shop.class, args);
    }
}
