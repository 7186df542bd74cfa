from mockcdrs.dataset.accounts import Account, Credentials, Token, credentials

ANN = {"id": "u1", "username": "ann"}
BOB = {"id": "u2"}
ACCOUNT = Account("a1", name="Alpha", realm="alpha.example.com", users=(BOB, ANN), tokens=(Token("t", "u1"),))


def test_the_credentials_are_those_of_the_user_whom_the_token_belongs_to() -> None:
    assert credentials(ACCOUNT) == Credentials(
        username="ann",
        password="mockcdrs",
        account_name="Alpha",
        realm="alpha.example.com",
        api_key="9fad00ec379868f433fb11e23f81e80f3d6314759978752db11a964d3338a10b",
        user_id="u1",
    )


def test_without_such_a_user_they_are_the_first_ones_by_id_where_there_is_no_name() -> None:
    login = credentials(ACCOUNT._replace(tokens=()))
    assert (login.username, login.password, login.user_id) == ("u2", "mockcdrs", "u2")


def test_an_account_without_users_has_only_its_key() -> None:
    login = credentials(ACCOUNT._replace(users=()))
    assert (login.username, login.password, login.user_id) == ("", "", "")
    assert len(login.api_key) == 64


def test_a_password_of_which_only_the_digest_is_known_is_not_told() -> None:
    login = credentials(ACCOUNT._replace(users=({**ANN, "pvt_md5_auth": "0" * 32},)))
    assert (login.username, login.password) == ("ann", "")


def test_each_account_has_a_key_of_its_own() -> None:
    assert credentials(ACCOUNT).api_key != credentials(ACCOUNT._replace(id="a2")).api_key
