"""What sentences about a row name."""

from storage.formats.rows import listed


def test_a_sentence_names_a_bounded_number_of_fields():
    assert listed([]) == "-"
    assert listed(["a", "b"]) == "a, b"
    assert len(listed(["x" * 10_000] * 20_000)) < 3_000
    assert listed([str(number) for number in range(20_000)]).endswith(", 39, …")
