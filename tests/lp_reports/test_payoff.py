from lp_reports.charts.payoff import Piece, payoff, points_of, value_at
from lp_reports.edition import Edition, Language

# Preference of 100, then nothing while common shares catch up, then a quarter of everything.
PIECES = (Piece(0, 1.0), Piece(100, 0.0), Piece(400, 0.25))


def test_the_line_turns_at_the_breakpoints() -> None:
    points = points_of(PIECES, 800)
    assert points == [(0, 0), (100, 100), (400, 100), (800, 200)]
    assert [value_at(points, at) for at in (0, 50, 250, 600, 900)] == [0, 50, 100, 150, 200]
    assert value_at([(0.0, 0.0), (0.0, 0.0)], 0) == 0


def test_the_picture_marks_the_equity_value_in_either_language() -> None:
    for language, word in ((Language.ZH, "股权价值"), (Language.EN, "Equity")):
        drawn = payoff(PIECES, Edition(language), equity=600, width=235, height=150)
        assert word in drawn
        assert drawn.count("<circle") == 3
    assert "股权价值" not in payoff(PIECES, Edition(Language.ZH), equity=None, width=235, height=150)
