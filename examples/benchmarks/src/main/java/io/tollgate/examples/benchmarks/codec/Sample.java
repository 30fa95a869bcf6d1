package io.tollgate.examples.benchmarks.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Int32Value;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.tollgate.examples.benchmarks.shop.Money;
import io.tollgate.examples.benchmarks.shop.Product;
import io.tollgate.examples.benchmarks.shop.ProductPage;
import io.tollgate.examples.benchmarks.shop.Purchase;
import io.tollgate.examples.benchmarks.shop.Status;
import io.tollgate.examples.benchmarks.shop.Variant;

/** The messages that are converted; public for JMH. */
public enum Sample {
    /** A purchase: five scalars. */
    SMALL {
        @Override
        Message message() {
            return Purchase.newBuilder()
                    .setEventId("concert-2026-11-27")
                    .setUserId("user-4711")
                    .setIdempotencyKey("8a6e0804-2bd0-4672-b79d-d97027f9071a")
                    .setStatus(Status.CONFIRMED)
                    .setCreatedAt(1_795_000_000_123L)
                    .build();
        }
    },
    /** A product with prices, labels, times and variants. */
    MIDDLE {
        @Override
        Message message() {
            return product(7);
        }
    },
    /** A page of 100 products. */
    LARGE {
        @Override
        Message message() {
            ProductPage.Builder page = ProductPage.newBuilder().setNextPageToken("CAEQ8AEaBggCEAEYAQ");
            for (int i = 0; i < 100; i++) {
                page.addProducts(product(i));
            }
            return page.build();
        }
    };

    abstract Message message();

    private static Product product(int number) {
        Product.Builder product = Product.newBuilder()
                .setName("shops/main/products/" + number)
                .setTitle("Kaffeemühle, groß")
                .setDescription(
                        "Grinds 250 g of beans in a minute.\nFor \"filter\" and espresso; the drawer holds both.")
                .setStatus(Status.QUEUED)
                .setPrice(money(129 + number))
                .addTags("kitchen")
                .addTags("coffee")
                .addTags("gift")
                .putLabels("shelf", "A" + number)
                .putLabels("supplier", "north")
                .setCreateTime(Timestamp.newBuilder().setSeconds(1_700_000_000L + number))
                .setUpdateTime(Timestamp.newBuilder()
                        .setSeconds(1_790_000_000L + number)
                        .setNanos(123_000_000))
                .setDelivery(Duration.newBuilder().setSeconds(172_800))
                .setRating(Int32Value.of(4))
                .setWeight(2.75 + number)
                .setAvailable(true)
                .setEtag(ByteString.copyFromUtf8("etag-of-product-" + number))
                .setMaker("Mühlenbau")
                .setViews(1_000_003L * number);
        for (int i = 0; i < 10; i++) {
            product.addHistogram(i * i * 37);
        }
        for (String color : new String[] {"black", "white", "red"}) {
            product.addVariants(Variant.newBuilder()
                    .setSku("KM-" + number + '-' + color)
                    .setColor(color)
                    .setStock(17 * number)
                    .setPrice(money(131 + number)));
        }
        return product.build();
    }

    private static Money money(long units) {
        return Money.newBuilder()
                .setCurrencyCode("EUR")
                .setUnits(units)
                .setNanos(990_000_000)
                .build();
    }
}
