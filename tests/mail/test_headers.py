"""Headers that this program writes itself, read back by the library."""

from email.header import decode_header, make_header

from hypothesis import given, settings
from hypothesis import strategies as st

from app.mail.parcel import encoded, header, plain_header

SIGNS = st.text(st.sampled_from("aé🙂€=? _\u00a0«") | st.characters(exclude_categories=["C", "Z"]), max_size=150)


@settings(max_examples=200, deadline=None)
@given(SIGNS.map(str.strip))
def test_any_subject_is_read_back_from_lines_that_are_short(text: str) -> None:
    folded = encoded("Subject", text).folded
    assert folded.isascii()
    assert folded.endswith("\r\n")
    lines = folded.removesuffix("\r\n").split("\r\n")
    assert all(line.startswith(" ") for line in lines[1:])
    if not text.isascii():
        assert max(map(len, lines)) <= 76
        assert str(make_header(decode_header(folded.removeprefix("Subject: ").removesuffix("\r\n")))) == text


def test_what_comes_after_a_name_is_not_encoded() -> None:
    assert encoded("To", "Élise", " <elise@exemple.fr>").folded == "To: =?utf-8?b?w4lsaXNl?= <elise@exemple.fr>\r\n"
    assert encoded("To", "", "undisclosed-recipients:;").folded == "To: undisclosed-recipients:;\r\n"


def test_a_header_that_mails_share_is_folded_as_the_library_does() -> None:
    kind = header("Content-Type", "text/plain; charset=utf-8")
    assert kind.folded == 'Content-Type: text/plain; charset="utf-8"\r\n'
    sender = header("From", "Métropole de Nantes <jalon@exemple.fr>").folded
    assert sender.isascii()
    assert sender.endswith(" <jalon@exemple.fr>\r\n")
    assert plain_header("Message-ID", "<a@b>").folded == "Message-ID: <a@b>\r\n"
