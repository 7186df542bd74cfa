import requests

DAY = 86_400
DECEMBER, JANUARY, FEBRUARY = 63_931_766_400, 63_934_444_800, 63_937_123_200


def walk(mock, **query):
    headers = {"X-Auth-Token": mock.auth_token}
    while True:
        answer = requests.get(mock.url_for("/cdrs"), params=query, headers=headers, timeout=10).json()
        yield from answer["data"]
        if "next_start_key" not in answer:
            return
        query["start_key"] = answer["next_start_key"]


def month_alone(mock, begin, behind):
    return {row["id"]: row for row in walk(mock, created_from=begin, created_to=behind - 1)}


def month_with_a_margin(mock, begin, behind):
    # its first day from a second before it, and in one piece: no page may end where the two months meet
    margin = walk(mock, created_from=begin - 1, created_to=begin + DAY, paginate="false", is_chunked="false")
    return {row["id"]: row for row in margin} | month_alone(mock, begin, behind)


def test_a_bill_has_the_call_over_new_year(mockcdrs):
    mockcdrs.clear()
    mockcdrs.add_call(at="2026-01-01T00:30:00Z", seconds=60)
    (over,) = (leg["_id"] for leg in mockcdrs.edge("month-boundary"))  # 23:59:30 to 00:01:00
    months = [(DECEMBER, JANUARY), (JANUARY, FEBRUARY)]
    assert over not in {cdr_id for month in months for cdr_id in month_alone(mockcdrs, *month)}
    assert [text for text in mockcdrs.advice() if over in text and text.startswith("month-end-call-lost: ")]
    assert mockcdrs.expected(created_from=JANUARY, created_to=FEBRUARY - 1).unreachable == (over,)
    bill = {cdr_id for month in months for cdr_id in month_with_a_margin(mockcdrs, *month)}
    assert over in bill
    assert bill == set(mockcdrs.expected(created_from=DECEMBER, created_to=FEBRUARY - 1).ids)
