"""EcoIndex, the score of a page's environmental weight (cnumr/ecoindex_python, GreenIT-Analysis)."""

# Quantiles of pages of the web: elements, HTTP requests, KB transferred.
ELEMENTS = [0, 47, 75, 159, 233, 298, 358, 417, 476, 537, 603, 674, 753, 843, 949, 1076, 1237, 1459, 1801, 2479, 594601]
REQUESTS = [0, 2, 15, 25, 34, 42, 49, 56, 63, 70, 78, 86, 95, 105, 117, 130, 147, 170, 205, 281, 3920]
SIZES = [
    *(0, 1.37, 144.7, 319.53, 479.46, 631.97, 783.38, 937.91, 1098.62, 1265.47, 1448.32),
    *(1648.27, 1876.08, 2142.06, 2465.37, 2866.31, 3401.59, 4155.73, 5400.08, 8037.54, 223212.26),
]


def quantile(table, value):
    for i in range(1, len(table)):
        if value < table[i]:
            return i - 1 + (value - table[i - 1]) / (table[i] - table[i - 1])
    return len(table) - 1


def ecoindex(elements, requests, kilobytes):
    """The score, 0 (heavy) to 100; over 80 is grade A."""
    return round(100 - 5 * (3 * quantile(ELEMENTS, elements) + 2 * quantile(REQUESTS, requests) + quantile(SIZES, kilobytes)) / 6)
