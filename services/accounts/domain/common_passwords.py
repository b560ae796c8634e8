"""Passwords that are guessed first, as words without the digits people put behind them.

Words shorter than eight characters are here for what is usually made of them: «dragon2024!».
"""

COMMON = frozenset(
    """
    password passwort passw0rd p@ssw0rd p@ssword pa55word parole motdepasse contrasena contraseña senha
    wachtwoord haslo hasło salasana lösenord sifre parola пароль qwerty qwertyui qwertyuiop qwerty1 azerty
    azertyuiop qwertz qwertzuiop asdfgh asdfghjk asdfghjkl zxcvbn zxcvbnm 1q2w3e4r 1q2w3e4r5t 1qaz2wsx
    1qaz2wsx3edc qazwsx qazwsxedc zaq12wsx q1w2e3r4 q1w2e3r4t5 123qwe 123qweasd 123qweasdzxc qweasd
    qweasdzxc abc123 abcd1234 abcd1234abcd a1b2c3d4 aa123456 aa12345678 iloveyou iloveu loveyou lovely
    princess sunshine monkey dragon football baseball basketball superman batman spiderman pokemon starwars
    trustno letmein letmein1 welcome welcome1 admin admin123 administrator root toor master shadow hunter
    killer michael jordan michelle jennifer jessica ashley daniel thomas charlie andrew matthew joshua
    anthony robert william elizabeth nicole samantha amanda melissa alexander alexandra natasha andrey sergey
    dmitry anastasia ekaterina vladimir nikolay
    computer internet samsung google facebook microsoft windows linux android apple iphone nintendo
    playstation login changeme change.me changeit default secret secret123 temp temporary test tester testing
    testtest test1234 guest user username demo demodemo sample example foobar qwe123 zxcvbnm123 hello
    helloworld hello123 goodluck whatever freedom forever friends family flower butterfly chocolate cookie
    cheese orange banana pepper ginger summer winter spring autumn january february monday friday sommer
    winter2024 liverpool chelsea arsenal barcelona realmadrid manchester juventus dynamo spartak
    mercedes porsche ferrari mustang corvette yamaha harley toyota honda
    access access14 mustang1 maggie bailey soccer hockey ranger buster tigger purple silver golden diamond
    crystal phoenix thunder lightning matrix money million success business company supplier customer
    counterpart portal order orders invoice purchase procurement office manager accountant
    12345678 123456789 1234567890 12345679 123123123 12341234 11111111 00000000 88888888 87654321 987654321
    0987654321 147258369 159753456 741852963 789456123 456789123 11223344 112233445566 13131313 12121212
    102030405060 31415926 27182818 13572468 24681012 19841984 20202020 20242024 20252025 20262026
    asdasdasd qweqweqwe zxczxczxc abcabcabc aaaaaaaa lovelove blahblah nothing nopassword mypassword
    thisismypassword yourpassword password1 password12 password123 password1234 passwordpassword
    correcthorsebatterystaple iamgod jesus jesuschrist blessed heaven angel angels baby babygirl sweetheart
    darling honey marina martin maria pass passpass pass1234 pass word code codeword keyword enter open
    opensesame sesame security safety system server network database oracle postgres rabbitmq cisco router
    """.split()  # noqa: SIM905 - read as a list of words
)
