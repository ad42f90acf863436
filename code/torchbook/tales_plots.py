"""What happens in the tales, sentence by sentence, each written in both languages.

See `tales_grammar` for what the braces mean, and `tales_words` for who plays which role.
Chapter: tales.
"""

from torchbook.tales_grammar import Story, one_of, say

MEET_HERO = one_of(
    say(
        "In {a home} lived {a boy/a girl hero} called {hero}.",
        "En {un home} vivía {un niño llamado/una niña llamada hero} {hero}.",
    ),
    say(
        "Once upon a time {a boy/a girl hero} called {hero} lived in {a home}.",
        "Hace tiempo, {un niño llamado/una niña llamada hero} {hero} vivía en {un home}.",
    ),
    say(
        "{hero} was {a boy/a girl hero} who lived in {a home}.",
        "{hero} era {un niño/una niña hero} que vivía en {un home}.",
    ),
)

MEET_FAMILY = one_of(
    say(
        "{hero} lived in {a home} with {his/her hero} {kin}.",
        "{hero} vivía en {un home} con su {kin}.",
    ),
    say(
        "In {a home} lived {hero} and {his/her hero} {kin}.",
        "En {un home} vivían {hero} y su {kin}.",
    ),
    say(
        "{hero} and {his/her hero} {kin} lived in {a home}.",
        "{hero} y su {kin} vivían en {un home}.",
    ),
)

SKY = one_of(
    say(
        "It was {a season moment}, and {weather}.",
        "Era una {moment} de {season} y {weather}.",
    ),
    say(
        "{season} had come, and {weather}.",
        "Había llegado {el season} y {weather}.",
    ),
    say(
        "One {season} {moment} {weather}.",
        "Una {moment} de {season} {weather}.",
    ),
)

LOST: Story = (
    MEET_HERO,
    SKY,
    one_of(
        say(
            "{hero} could not find {his/her hero} {colour toy} anywhere.",
            "{hero} no encontraba su {toy colour} por ninguna parte.",
        ),
        say(
            "{hero} was very sad because {he/she hero} had lost {his/her hero} {colour toy}.",
            "{hero} estaba muy triste porque había perdido su {toy colour}.",
        ),
        say(
            '"My {colour toy} has disappeared!" cried {hero}.',
            "—¡Ha desaparecido mi {toy colour}! —exclamó {hero}.",
        ),
        say(
            '"Who has taken my {colour toy}?" asked {hero}.',
            "—¿Quién se ha llevado mi {toy colour}? —preguntó {hero}.",
        ),
    ),
    one_of(
        say(
            "It was a present from {friend}, {his/her hero} best friend.",
            "Era un regalo de {friend}, {su mejor amigo/su mejor amiga friend}.",
        ),
        say(
            "{friend}, {his/her hero} best friend, had given it to {him/her hero}.",
            "Se {lo/la toy} había regalado {friend}, {su mejor amigo/su mejor amiga friend}.",
        ),
        say(
            "It was a birthday present from {friend}, {his/her hero} best friend.",
            "Era un regalo de cumpleaños de {friend}, {su mejor amigo/su mejor amiga friend}.",
        ),
    ),
    one_of(
        say(
            "Then {a mood animal} {gait}.",
            "Entonces {gait} {un animal mood}.",
        ),
        say(
            "{hero} sat down to think, and {a mood animal} {gait}.",
            "{hero} se sentó a pensar, y {gait} {un animal mood}.",
        ),
        say(
            "At that moment {a mood animal} {gait}.",
            "En ese momento {gait} {un animal mood}.",
        ),
    ),
    one_of(
        say(
            '"Have you seen my {toy}?" asked {hero}.',
            "—¿Has visto mi {toy}? —preguntó {hero}.",
        ),
        say(
            '"Where is my {toy}?" {hero} asked {the animal}.',
            "—¿Dónde está mi {toy}? —le preguntó {hero} {al animal}.",
        ),
        say(
            '"Please help me find my {toy}," begged {hero}.',
            "—Ayúdame a encontrar mi {toy}, por favor —pidió {hero}.",
        ),
    ),
    one_of(
        (
            one_of(
                say(
                    '"It\'s {hideout}," said {the animal}.',
                    "—Está {hideout} —dijo {el animal}.",
                ),
                say(
                    '"Look {hideout}," answered {the animal}.',
                    "—{Búscalo/Búscala toy} {hideout} —contestó {el animal}.",
                ),
                say(
                    '"I saw it {hideout}," said {the animal}.',
                    "—{Lo/La toy} vi {hideout} —dijo {el animal}.",
                ),
            ),
            one_of(
                say(
                    "{hero} went there at once and found it.",
                    "{hero} fue enseguida y {lo/la toy} encontró.",
                ),
                say(
                    "And sure enough, there was {the colour toy}.",
                    "Y, en efecto, allí estaba {el toy colour}.",
                ),
                say(
                    '"Here it is!" cried {hero} a moment later.',
                    "—¡Aquí está! —gritó {hero} al momento.",
                ),
            ),
            one_of(
                say(
                    "To thank {the animal}, {hero} gave {him/her animal} {count fruit}.",
                    "Para darle las gracias {al animal}, {hero} le regaló {count fruit}.",
                ),
                say(
                    "{the animal} ate {the count fruit} that {hero} gave {him/her animal}.",
                    "{el animal} se comió {el count fruit} que le dio {hero}.",
                ),
                say(
                    "{the animal} asked for nothing, but {hero} gave {him/her animal} "
                    "{count fruit}.",
                    "{el animal} no pidió nada, pero {hero} le dio {count fruit}.",
                ),
            ),
        ),
        (
            say(
                '"I\'ll help you for {count fruit}," said {the animal}.',
                "—Te ayudaré a cambio de {count fruit} —dijo {el animal}.",
            ),
            say(
                "{hero} came back with {the count fruit} in {a bag}.",
                "{hero} volvió con {el count fruit} en {un bag}.",
            ),
            say(
                "And {the animal} showed {him/her hero} where {the colour toy} was: {hideout}.",
                "Y {el animal} le enseñó dónde estaba {el toy colour}: {hideout}.",
            ),
        ),
    ),
    one_of(
        say(
            "That night {hero} told {friend} about {the mood animal} and {the colour toy}.",
            "Aquella noche {hero} le habló a {friend} {del animal mood} y {del toy colour}.",
        ),
        say(
            "{hero} never lost {the colour toy} again, and {the mood animal} became {friend}'s "
            "friend too.",
            "{hero} no volvió a perder {el toy colour}, y {el animal mood} se hizo "
            "{amigo/amiga animal} de {friend}.",
        ),
        say(
            "{hero} invited {friend} and {the mood animal} to eat {cake}.",
            "{hero} invitó a {friend} y {al animal mood} a comer {cake}.",
        ),
    ),
)

GIFT: Story = (
    MEET_HERO,
    say(
        "On {day} {friend}, {his/her hero} best friend, was going to turn {age}.",
        "El {day} {friend}, {su mejor amigo/su mejor amiga friend}, iba a cumplir {age} años.",
    ),
    one_of(
        say(
            "{hero} wanted to give {him/her friend} {a colour toy}.",
            "{hero} quería regalarle {un toy colour}.",
        ),
        say(
            "In {the maker}'s window {hero} saw {a colour toy}.",
            "En el escaparate {del maker}, {hero} vio {un toy colour}.",
        ),
        say(
            "{friend} had always wanted {a colour toy}.",
            "{friend} siempre había querido {un toy colour}.",
        ),
    ),
    one_of(
        say(
            "But there {was/were few} only {few coin} in {hero}'s money box.",
            "Pero en la hucha de {hero} solo había {few coin}.",
        ),
        say(
            "But it cost {many coin}, and {hero} had only {few}.",
            "Pero costaba {many coin}, {y hero} solo tenía {few -coin}.",
        ),
        say(
            "But {hero} had never had more than {few coin}.",
            "Pero {hero} nunca había tenido más de {few coin}.",
        ),
    ),
    one_of(
        say(
            "So {hero} helped {the maker} for {several span}.",
            "Así que ayudó {al maker} durante {several span}.",
        ),
        say(
            "{hero} ran errands for {the maker} for {several span}.",
            "{hero} le hizo recados {al maker} durante {several span}.",
        ),
        say(
            "{hero} worked for {the maker} for {several span}.",
            "{hero} trabajó {several span} para {el maker}.",
        ),
    ),
    one_of(
        say(
            '"You have earned it," said {the maker}, and gave {him/her hero} {the toy}.',
            "—Te {lo/la toy} has ganado —dijo {el maker}, y le dio {el toy}.",
        ),
        say(
            "In the end {the maker} paid {him/her hero}, and {hero} bought {the toy}.",
            "Al final {el maker} le pagó, {y hero} compró {el toy}.",
        ),
        say(
            '"A deal is a deal," said {the maker}, and gave {him/her hero} {the toy}.',
            "—Un trato es un trato —dijo {el maker}, y le dio {el toy}.",
        ),
    ),
    one_of(
        say(
            "{hero} hid it {cranny} with great care.",
            "{hero} {lo/la toy} escondió {cranny} con mucho cuidado.",
        ),
        say(
            "At home {hero} put {the colour toy} {cranny}.",
            "En casa, {hero} guardó {el toy colour} {cranny}.",
        ),
        say(
            "That night {hero} wrapped it and hid it {cranny}.",
            "Aquella noche {hero} {lo/la toy} envolvió y {lo/la toy} escondió {cranny}.",
        ),
    ),
    one_of(
        (),
        say(
            "By {day} only {his/her hero} {kin} remembered where it was.",
            "El {day} solo su {kin} recordaba dónde estaba.",
        ),
        say(
            '"Look {cranny}," {his/her hero} {kin} reminded {him/her hero} on {day}.',
            "—Mira {cranny} —le recordó el {day} su {kin}.",
        ),
    ),
    one_of(
        say(
            "When {friend} blew out the candles, {hero} gave {him/her friend} {the colour toy}.",
            "Cuando {friend} sopló las velas, {hero} le dio {el toy colour}.",
        ),
        say(
            "At the party {hero} handed {the colour toy} to {friend}.",
            "En la fiesta {hero} le entregó {el toy colour} a {friend}.",
        ),
    ),
    one_of(
        say(
            '"Thank you, {hero}!" cried {friend}.',
            "—¡Gracias, {hero}! —exclamó {friend}.",
        ),
        say(
            '"Just what I wanted!" said {friend}.',
            "—¡Justo lo que quería! —dijo {friend}.",
        ),
        say(
            "And they all ate {cake}.",
            "Y todos comieron {cake}.",
        ),
        say(
            "How {friend} jumped for joy!",
            "¡Qué saltos de alegría dio {friend}!",
        ),
    ),
    one_of(
        say(
            "Since then {friend} has gone nowhere without {the colour toy}.",
            "Desde entonces {friend} no va a ninguna parte sin {el toy colour}.",
        ),
        say(
            "{friend} still has {the colour toy} that {hero} gave {him/her friend}.",
            "{friend} todavía tiene {el toy colour} que le dio {hero}.",
        ),
        say(
            "Now {the colour toy} is what {friend} loves most.",
            "Ahora {el toy colour} es lo que más quiere {friend}.",
        ),
    ),
)

JOURNEY: Story = (
    MEET_FAMILY,
    one_of(
        say(
            "One {season} {moment} {hero} went {transport} to see {his/her hero} {host}.",
            "Una {moment} de {season} {hero} fue {transport} a ver a su {host}.",
        ),
        say(
            "One {season} {moment} {hero} set out to visit {his/her hero} {host}, who lived {far}.",
            "Una {moment} de {season} {hero} salió a visitar a su {host}, que vivía {far}.",
        ),
        say(
            "{hero} missed {his/her hero} {host}, so one {season} {moment} {he/she hero} went "
            "{transport} to see {him/her host}.",
            "Como echaba de menos a su {host}, una {moment} de {season} {hero} fue {transport} a "
            "{verlo/verla host}.",
        ),
    ),
    one_of(
        say(
            "{his/her hero} {kin} gave {him/her hero} {a colour bag} with {count fruit}.",
            "Su {kin} le dio {un bag colour} con {count fruit}.",
        ),
        say(
            "{hero} was carrying {count fruit} in {a colour bag}.",
            "{hero} llevaba {count fruit} en {un bag colour}.",
        ),
        say(
            "{his/her hero} {kin} packed {count fruit} in {a colour bag}.",
            "Su {kin} metió {count fruit} en {un bag colour}.",
        ),
    ),
    one_of(
        say(
            "The road was long, and {weather}.",
            "El camino era largo y {weather}.",
        ),
        say(
            "{hero} sang all the way, although {he/she hero} knew only {few song}.",
            "{hero} iba cantando, aunque solo se sabía {few song}.",
        ),
        say(
            "{hero} went past {a mark} and {a goal}.",
            "{hero} pasó junto a {un mark} y a {un goal}.",
        ),
    ),
    one_of(
        say(
            "On the way {hero} met {a mood animal} who had not eaten for days.",
            "{hero} se encontró con {un animal mood} que llevaba días sin comer.",
        ),
        say(
            "Beside the road {a mood animal} was crying from hunger.",
            "Al borde del camino {un animal mood} lloraba de hambre.",
        ),
    ),
    one_of(
        say(
            "{hero} opened {the colour bag}, and they shared {the count fruit}.",
            "{hero} abrió {el bag colour}, y se repartieron {el count fruit}.",
        ),
        say(
            '"Help yourself! I have {count fruit}," said {hero}.',
            "—Come, que tengo {count fruit} —dijo {hero}.",
        ),
    ),
    one_of(
        say(
            "At nightfall {hero} did not know which way to go.",
            "Al anochecer, {hero} no sabía por dónde seguir.",
        ),
        say(
            "At the crossroads somebody had taken down the sign.",
            "En el cruce alguien había quitado el letrero.",
        ),
        say(
            "Later {hero} came to a fork in the road.",
            "Más tarde {hero} llegó a una bifurcación.",
        ),
    ),
    one_of(
        say(
            '"Follow me," said {the mood animal}. "I know where your {host} lives."',
            "—Sígueme, que sé dónde vive tu {host} —dijo {el animal mood}.",
        ),
        say(
            "{the mood animal} led {him/her hero} to {his/her hero} {host}'s door.",
            "{el animal mood} {lo/la hero} guio hasta la puerta de su {host}.",
        ),
        say(
            '"To the left," said {the mood animal}, and {he/she animal} was right.',
            "—A la izquierda —dijo {el animal mood}, y tenía razón.",
        ),
    ),
    one_of(
        say(
            "{hero}'s {host} was waiting with {supper}.",
            "{el host} de {hero} {lo/la hero} esperaba con {supper}.",
        ),
        say(
            '"What a journey, {hero}!" said {his/her hero} {host}, and hugged {him/her hero}.',
            "—¡Menudo viaje, {hero}! —dijo su {host}, y {lo/la hero} abrazó.",
        ),
        say(
            "{hero}'s {host} kissed {him/her hero} and served {supper}.",
            "{el host} de {hero} le dio un beso y sirvió {supper}.",
        ),
    ),
    one_of(
        say(
            "{hero} came home with {the animal} and a full {colour bag}.",
            "{hero} volvió a casa con {el animal} y con {el bag colour} {lleno/llena bag}.",
        ),
        say(
            "Every {season} {hero} goes back to see {his/her hero} {host} and {the animal}.",
            "Cada {season} {hero} vuelve a ver a su {host} y {al animal}.",
        ),
        say(
            "{hero} told {his/her hero} {host} about {the mood animal}, and they laughed until "
            "midnight.",
            "{hero} le habló a su {host} {del animal mood}, y se rieron hasta medianoche.",
        ),
    ),
)

STORM: Story = (
    MEET_HERO,
    one_of(
        say(
            "One {season} night there was {a storm}.",
            "Una noche de {season} hubo {un storm}.",
        ),
        say(
            "One {season} night {a storm} woke everybody up.",
            "Una noche de {season} {un storm} despertó a todos.",
        ),
    ),
    one_of(
        say(
            "The lamp went out, and {hero} hugged {his/her hero} {kin}.",
            "Se apagó la lámpara, {y hero} se abrazó a su {kin}.",
        ),
        say(
            "The wind howled, and {hero}'s {kin} told stories.",
            "El viento aullaba, y {el kin} de {hero} contaba cuentos.",
        ),
        say(
            "{hero} could not sleep, and neither could {his/her hero} {kin}.",
            "{hero} no podía dormir, y su {kin} tampoco.",
        ),
    ),
    say(
        "Suddenly there {was/were few} {few knock} at the door.",
        "De pronto {sonó/sonaron few} {few knock} en la puerta.",
    ),
    one_of(
        say(
            "It was {the trade}, with {a mood guest} under {his/her trade} coat.",
            "Era {el trade}, con {un guest mood} bajo el abrigo.",
        ),
        say(
            "{the trade} came in, shivering, with {a mood guest} wrapped in {his/her trade} "
            "jacket.",
            "Entró {el trade}, tiritando, con {un guest mood} {envuelto/envuelta guest} en la "
            "chaqueta.",
        ),
        say(
            '"Help!" cried {the trade}, clutching {a mood guest}.',
            "—¡Socorro! —gritó {el trade}, apretando contra el pecho {un guest mood}.",
        ),
    ),
    one_of(
        say(
            '"The storm has wrecked my {damage}," said {the trade}.',
            "—El temporal me ha destrozado {el damage} —dijo {el trade}.",
        ),
        say(
            '"The storm has left us without {a damage}," explained {the trade}.',
            "—La tormenta nos ha dejado sin {damage} —explicó {el trade}.",
        ),
    ),
    one_of(
        say(
            "{hero} made room by the fire and gave them {supper}.",
            "{hero} les hizo sitio junto al fuego y les dio {supper}.",
        ),
        say(
            "{hero} served {supper} and dried {the guest} with a towel.",
            "{hero} sirvió {supper} y secó {al guest} con una toalla.",
        ),
        say(
            "{hero}'s {kin} served {supper} and asked no questions.",
            "{el kin} de {hero} sirvió {supper} sin hacer preguntas.",
        ),
    ),
    one_of(
        say(
            "At dawn they all went to repair {the trade}'s {damage}.",
            "Al amanecer fueron todos a arreglar {el damage} {del trade}.",
        ),
        say(
            "Together they repaired {the damage} in {several span}.",
            "Entre todos arreglaron {el damage} en {several span}.",
        ),
        say(
            "The storm passed, and {hero} helped to repair {the damage}.",
            "Pasó la tormenta, {y hero} ayudó a arreglar {el damage}.",
        ),
    ),
    one_of(
        say(
            "In return {the trade} gave {hero} {a colour toy}.",
            "En agradecimiento, {el trade} le regaló a {hero} {un toy colour}.",
        ),
        say(
            "On {day} {the trade} came back with {a colour toy} for {hero}.",
            "El {day} {el trade} volvió con {un toy colour} para {hero}.",
        ),
        say(
            '"For you," said {the trade}, and gave {hero} {a colour toy}.',
            "—Para ti —dijo {el trade}, y le dio a {hero} {un toy colour}.",
        ),
    ),
    one_of(
        say(
            "Now, when the wind blows, {hero} looks at {the colour toy} and remembers "
            "{the mood guest}.",
            "Ahora, cuando sopla el viento, {hero} mira {el toy colour} y se acuerda "
            "{del guest mood}.",
        ),
        say(
            "{the guest} stayed with {hero} for good, and {the trade} comes to visit every {day}.",
            "{el guest} se quedó a vivir con {hero}, y {el trade} viene de visita todos {el *day}.",
        ),
        say(
            "Since that night {hero}, {the trade} and {the mood guest} have been friends.",
            "Desde aquella noche {hero}, {el trade} y {el guest mood} se llevan muy bien.",
        ),
    ),
)

RESCUE: Story = (
    MEET_HERO,
    say(
        "It was {season}, and {weather}.",
        "Era {season} y {weather}.",
    ),
    one_of(
        say(
            "{hideout} {hero} found {a mood creature} with {injury}.",
            "{hideout}, {hero} encontró {un creature mood} con {injury}.",
        ),
        say(
            "Something moved {hideout}: it was {a mood creature} with {injury}.",
            "Algo se movía {hideout}: era {un creature mood} con {injury}.",
        ),
    ),
    one_of(
        say(
            '"Don\'t be afraid," whispered {hero}.',
            "—No tengas miedo —susurró {hero}.",
        ),
        say(
            '"You\'re coming with me," said {hero}.',
            "—Tú te vienes conmigo —dijo {hero}.",
        ),
        say(
            '"Who has hurt you?" asked {hero}.',
            "—¿Quién te ha hecho daño? —preguntó {hero}.",
        ),
    ),
    one_of(
        say(
            "{his/her hero} {kin} bandaged {the creature} with {a colour cloth}.",
            "Su {kin} vendó {al creature} con {un cloth colour}.",
        ),
        say(
            "{he/she hero} sent for {the trade}, who made bandages from {a colour cloth}.",
            "Mandó llamar {al trade}, que hizo vendas con {un cloth colour}.",
        ),
    ),
    one_of(
        say(
            "For {several week} {hero} gave {the creature} {*fruit} and water.",
            "Durante {several week} {hero} le dio {*fruit} y agua {al creature}.",
        ),
        say(
            "{the creature} ate {count fruit} a day and slept {cranny}.",
            "{el creature} comía {count fruit} al día y dormía {cranny}.",
        ),
        say(
            "Every morning {hero} gave {the creature} {count fruit}.",
            "Todas las mañanas {hero} le daba {count fruit} {al creature}.",
        ),
    ),
    one_of(
        say(
            "Once healed, {the creature} said goodbye and left.",
            "Ya {curado/curada creature}, {el creature} se despidió y se fue.",
        ),
        say(
            "When {the creature} was well again, {he/she creature} went away.",
            "Cuando se curó, {el creature} se marchó.",
        ),
        say(
            "One morning {the creature} was no longer there.",
            "Una mañana {el creature} ya no estaba.",
        ),
    ),
    one_of(
        say(
            "One day {hero} dropped {his/her hero} {shade toy} down the well.",
            "Un día a {hero} se le cayó {el toy shade} al pozo.",
        ),
        say(
            "Some time later {hero} lost {his/her hero} {shade toy} at the fair.",
            "Tiempo después {hero} perdió en la feria su {toy shade}.",
        ),
        say(
            "A week later somebody stole {hero}'s {shade toy}.",
            "Una semana después alguien le robó a {hero} su {toy shade}.",
        ),
    ),
    one_of(
        say(
            "On {day} {the toy} was at the door, beside {the colour cloth}.",
            "El {day} {el toy} apareció en la puerta, junto {al cloth colour}.",
        ),
        say(
            '"Is this yours?" asked {the creature}, who came back on {day} with {the toy}.',
            "—¿Esto es tuyo? —preguntó {el creature}, que volvió el {day} con {el toy}.",
        ),
        say(
            "But on {day} {the creature} came back with {the toy}.",
            "Pero el {day} {el creature} volvió con {el toy}.",
        ),
    ),
    one_of(
        say(
            "{hero} smiled: {the mood creature} had not forgotten {him/her hero}.",
            "{hero} sonrió: {el creature mood} no {lo/la hero} había olvidado.",
        ),
        say(
            "Now, every {day}, {hero} leaves {a fruit} {hideout} for {the creature}.",
            "Desde entonces, todos {el *day}, {hero} deja {un fruit} {hideout} para {el creature}.",
        ),
        say(
            "{hero} ran after {the mood creature} to give {him/her creature} a hug and "
            "{count fruit}.",
            "{hero} corrió tras {el creature mood} para darle un abrazo y {count fruit}.",
        ),
    ),
)

PROMISE: Story = (
    MEET_HERO,
    one_of(
        say(
            "One {season} {moment} {his/her hero} friend {friend} lent {him/her hero} "
            "{a colour loan}.",
            "Una {moment} de {season} {su amigo/su amiga friend} {friend} le prestó "
            "{un loan colour}.",
        ),
        say(
            "{friend}, {his/her hero} best friend, lent {him/her hero} {a colour loan} one "
            "{season} {moment}.",
            "{friend}, {su mejor amigo/su mejor amiga friend}, le prestó {un loan colour} una "
            "{moment} de {season}.",
        ),
    ),
    one_of(
        say(
            '"I\'ll give it back to you on {due}," promised {hero}.',
            "—Te {lo/la loan} devolveré el {due} —prometió {hero}.",
        ),
        say(
            '"Promise to bring it back on {due}," said {friend}.',
            "—Prométeme que me {lo/la loan} devolverás el {due} —dijo {friend}.",
        ),
    ),
    one_of(
        say(
            "But {hero} tripped and broke {the loan}.",
            "Pero {hero} tropezó y se le rompió {el loan}.",
        ),
        say(
            "But a puppy took {the loan} and ruined it.",
            "Pero un cachorro agarró {el loan} y {lo/la loan} estropeó.",
        ),
        say(
            "But {hero} sat on {the loan} and broke it.",
            "Pero {hero} se sentó encima {del loan} y {lo/la loan} rompió.",
        ),
    ),
    one_of(
        say(
            '"What am I going to tell {friend}?" thought {hero}.',
            "«¿Qué le voy a decir a {friend}?», pensó {hero}.",
        ),
        say(
            '"You gave your word," {his/her hero} {kin} reminded {him/her hero}.',
            "—Has dado tu palabra —le recordó su {kin}.",
        ),
        say(
            "{hero} lay awake all night, thinking of {friend}.",
            "{hero} pasó la noche en vela, pensando en {friend}.",
        ),
    ),
    one_of(
        say(
            "{hero} took {the loan} to {the mender}, who could mend anything.",
            "{hero} le llevó {el loan} {al mender}, que sabía arreglarlo todo.",
        ),
        say(
            "Then {hero} went to see {the mender}, who could mend anything.",
            "Entonces {hero} fue a ver {al mender}, que sabía arreglarlo todo.",
        ),
    ),
    one_of(
        say(
            '"I\'ll do it for {count fruit}," said {the mender}.',
            "—Lo haré por {count fruit} —dijo {el mender}.",
        ),
        say(
            '"Bring me {count fruit}," said {the mender}.',
            "—Tráeme {count fruit} —dijo {el mender}.",
        ),
    ),
    one_of(
        say(
            "{hero} got {the count fruit} with {a mood animal}'s help.",
            "{hero} consiguió {el count fruit} gracias a {un animal mood}.",
        ),
        say(
            "It was not easy, but {hero} brought {the count fruit} in {a shade bag}.",
            "No fue fácil, pero {hero} le llevó {el count fruit} en {un bag shade}.",
        ),
    ),
    one_of(
        say(
            "The next morning {the loan} was as good as new.",
            "A la mañana siguiente {el loan} estaba como {nuevo/nueva loan}.",
        ),
        say(
            "{the mender} made {the loan} as good as new.",
            "{el mender} dejó {el loan} como {nuevo/nueva loan}.",
        ),
    ),
    one_of(
        say(
            "On {due}, as agreed, {hero} returned {the colour loan} to {friend}.",
            "El {due}, como acordaron, {hero} le devolvió {el loan colour} a {friend}.",
        ),
        say(
            "{due} came, and {hero} returned {the colour loan} to {friend}.",
            "Llegó el {due}, {y hero} le devolvió {el loan colour} a {friend}.",
        ),
    ),
    one_of(
        say(
            '"I knew you would keep your word," said {friend}.',
            "—Sabía que cumplirías tu palabra —dijo {friend}.",
        ),
        say(
            "{friend} never knew that {the mender} had mended it.",
            "{friend} nunca supo que {lo/la loan} había arreglado {el mender}.",
        ),
        say(
            '"It looks better than before!" said {friend}.',
            "—¡Está mejor que antes! —dijo {friend}.",
        ),
    ),
)

FEAST: Story = (
    MEET_HERO,
    one_of(
        say(
            "Every year, on the first {day} of {season}, the neighbours had supper together.",
            "Todos los años, el primer {day} de {season}, los vecinos cenaban juntos.",
        ),
        say(
            "On {day} the neighbours were going to celebrate the arrival of {season}.",
            "El {day} los vecinos iban a celebrar la llegada {del season}.",
        ),
    ),
    one_of(
        say(
            "It was {hero}'s turn to cook, and {he/she hero} chose {dish}.",
            "Aquel año le tocaba cocinar a {hero}, que eligió {dish}.",
        ),
        say(
            '"This year I\'m going to make {dish}," announced {hero}.',
            "—Este año voy a hacer {dish} —anunció {hero}.",
        ),
        say(
            "{hero} had promised to bring {dish}.",
            "{hero} había prometido llevar {dish}.",
        ),
    ),
    one_of(
        say(
            "But there was no {ingredient} left in the kitchen.",
            "Pero en la cocina no quedaba {ingredient}.",
        ),
        say(
            '"We have no {ingredient} left!" cried {his/her hero} {kin}.',
            "—¡No nos queda {ingredient}! —exclamó su {kin}.",
        ),
    ),
    one_of(
        say(
            "{hero} asked {the trade} for a little {ingredient}.",
            "{hero} le pidió {al trade} un poco de {ingredient}.",
        ),
        say(
            '"Do you have any {ingredient}?" {hero} asked {the trade}.',
            "—¿Tienes {ingredient}? —le preguntó {hero} {al trade}.",
        ),
    ),
    one_of(
        (
            say(
                '"Only in exchange for {count fruit}," said {the trade}.',
                "—Solo a cambio de {count fruit} —dijo {el trade}.",
            ),
            say(
                "{friend}, {hero}'s best friend, brought {the count fruit} in {a bag}.",
                "{friend}, {el mejor amigo/la mejor amiga friend} de {hero}, trajo "
                "{el count fruit} en {un bag}.",
            ),
        ),
        say(
            '"Of course, but save me a seat at the table," said {the trade}.',
            "—Claro, pero guárdame un sitio en la mesa —dijo {el trade}.",
        ),
    ),
    one_of(
        say(
            "All afternoon the house smelled of {dish}.",
            "Toda la tarde la casa olió a {dish}.",
        ),
        say(
            "{hero} cooked and cooked until the stars came out.",
            "{hero} cocinó sin parar hasta que salieron las estrellas.",
        ),
        say(
            "{hero} cooked, and {his/her hero} {kin} kept the fire going.",
            "{hero} cocinaba y su {kin} cuidaba del fuego.",
        ),
    ),
    one_of(
        say(
            "{many} neighbours came, and nobody went hungry.",
            "Vinieron {many} vecinos, y nadie se quedó con hambre.",
        ),
        say(
            "{few chair} {was/were few} missing, but the neighbours brought more.",
            "{faltaba/faltaban few} {few chair}, pero los vecinos trajeron más.",
        ),
        say(
            "Even {a mood animal} followed the smell.",
            "Hasta {un animal mood} acudió al olor.",
        ),
    ),
    one_of(
        say(
            '"It\'s the best {dish} in the world!" said {the trade}.',
            "—¡Es {el dish} más {rico/rica dish} del mundo! —dijo {el trade}.",
        ),
        say(
            '"It was worth sharing the {ingredient}," said {the trade}.',
            "—Ha valido la pena compartir {el ingredient} —dijo {el trade}.",
        ),
        say(
            '"I want the recipe," said {the trade}.',
            "—Quiero la receta —dijo {el trade}.",
        ),
    ),
    one_of(
        say(
            "The next year everyone asked {hero} for {dish} again.",
            "Al año siguiente todos volvieron a pedirle {dish} a {hero}.",
        ),
        say(
            "At midnight {hero} and {the trade} finished the {dish}.",
            "A medianoche {hero} y {el trade} se acabaron {el dish}.",
        ),
        say(
            "Since then {hero} has never run out of {ingredient}.",
            "Desde entonces a {hero} nunca le falta {ingredient}.",
        ),
    ),
)

GARDEN: Story = (
    MEET_HERO,
    one_of(
        say(
            "For {his/her hero} birthday {the trade} gave {him/her hero} {many seed} in "
            "{a colour packet}.",
            "Por su cumpleaños, {el trade} le regaló {many seed} en {un packet colour}.",
        ),
        say(
            "One day {hero} found {a colour packet} {cranny}, with {many seed} inside.",
            "Un día {hero} encontró {cranny} {un packet colour} con {many seed}.",
        ),
    ),
    one_of(
        say(
            '"Sow them and water them well," said {his/her hero} {kin}.',
            "—Siémbralas y riégalas bien —le dijo su {kin}.",
        ),
        say(
            '"What will they be?" {hero} asked {his/her hero} {kin}.',
            "—¿Qué serán? —le preguntó {hero} a su {kin}.",
        ),
        say(
            '"Sow them and be patient," said {his/her hero} {kin}.',
            "—Siémbralas y ten paciencia —le dijo su {kin}.",
        ),
    ),
    say(
        "In April {hero} dug {many hole} {bed}, one for each seed.",
        "En abril {hero} hizo {many hole} {bed}, uno para cada semilla.",
    ),
    one_of(
        say(
            "But {a mood thief} ate all the seeds except {pair}.",
            "Pero {un thief mood} se comió todas las semillas menos {pair}.",
        ),
        say(
            "But {a mood thief} ate all but {pair}.",
            "Pero {un thief mood} se las comió todas menos {pair}.",
        ),
    ),
    one_of(
        say(
            '"I was so hungry!" said {the thief}, ashamed.',
            "—¡Tenía tanta hambre! —dijo {el thief}, {avergonzado/avergonzada thief}.",
        ),
        say(
            '"Forgive me, {hero}," said {the thief}.',
            "—Perdóname, {hero} —dijo {el thief}.",
        ),
        say(
            '"They smelled so good," sighed {the thief}.',
            "—Es que olían muy bien —suspiró {el thief}.",
        ),
    ),
    one_of(
        say(
            '"Then help me look after the rest," answered {hero}.',
            "—Entonces ayúdame a cuidar las demás —contestó {hero}.",
        ),
        say(
            "From then on {the mood thief} kept watch every night.",
            "Desde entonces {el thief mood} vigilaba todas las noches.",
        ),
        say(
            "Every {day} {the mood thief} watered the rest.",
            "Todos {el *day} {el thief mood} regaba las demás.",
        ),
    ),
    one_of(
        say(
            "When summer came, {pair plant} were growing {bed}.",
            "Cuando llegó el verano, {bed} crecían {pair plant}.",
        ),
        say(
            "In July {pair plant} were growing {bed}.",
            "En julio crecían {pair plant} {bed}.",
        ),
    ),
    one_of(
        say(
            "People came from far away to see them.",
            "Venía gente de muy lejos a {verlos/verlas plant}.",
        ),
        say(
            "{the trade} painted a picture of them.",
            "{el trade} pintó un cuadro con {el pair plant}.",
        ),
        say(
            "{hero} had never seen anything so beautiful.",
            "{hero} nunca había visto nada tan hermoso.",
        ),
    ),
    say(
        "{hero} gave one {plant} to {his/her hero} {kin} and another to {the thief}.",
        "{hero} le regaló {un plant} a su {kin} y {otro/otra plant} {al thief}.",
    ),
    one_of(
        say(
            "The new seeds went into {the colour packet}.",
            "Las semillas nuevas fueron a parar {al packet colour}.",
        ),
        say(
            "And {the colour packet} was full of seeds again.",
            "Y {el packet colour} volvió a llenarse de semillas.",
        ),
    ),
)

NIGHT: Story = (
    MEET_HERO,
    one_of(
        say(
            "Every night, at {hour}, there was a noise {cranny}.",
            "Todas las noches, a las {hour}, se oía un ruido {cranny}.",
        ),
        say(
            "Each night, when the clock struck {hour}, something moved {cranny}.",
            "Cada noche, cuando daban las {hour}, algo se movía {cranny}.",
        ),
        say(
            "Somebody, or something, scratched {cranny} every night at {hour}.",
            "Alguien, o algo, arañaba {cranny} todas las noches a las {hour}.",
        ),
    ),
    one_of(
        say(
            '"It\'s a ghost," said {friend}, {his/her hero} best friend.',
            "—Es un fantasma —decía {friend}, {su mejor amigo/su mejor amiga friend}.",
        ),
        say(
            '"Let\'s run away," begged {friend}, {his/her hero} best friend.',
            "—Vámonos de aquí —suplicaba {friend}, {su mejor amigo/su mejor amiga friend}.",
        ),
        say(
            '"Perhaps it\'s a thief," said {friend}, {his/her hero} best friend.',
            "—Será un ladrón —decía {friend}, {su mejor amigo/su mejor amiga friend}.",
        ),
    ),
    one_of(
        say(
            "On {day} {hero} stayed awake with {a colour light}.",
            "El {day} {hero} se quedó {despierto/despierta hero} con {un light colour}.",
        ),
        say(
            "On {day} {hero} took {a colour light} and went to look.",
            "El {day} {hero} tomó {un light colour} y fue a mirar.",
        ),
    ),
    one_of(
        say(
            "{he/she hero} counted to {round} and, trembling, looked {cranny}.",
            "Contó hasta {round} y, temblando, miró {cranny}.",
        ),
        say(
            "{he/she hero} took off {his/her hero} shoes and, holding {his/her hero} breath, "
            "looked {cranny}.",
            "Se quitó los zapatos y, conteniendo la respiración, miró {cranny}.",
        ),
    ),
    one_of(
        say(
            "By the light of {the light} {he/she hero} saw {a fur mother} with {several baby}.",
            "A la luz {del light} vio {un mother fur} con {several baby}.",
        ),
        say(
            "It was neither a thief nor a ghost: it was {a fur mother} with {several baby}.",
            "No era ni un ladrón ni un fantasma: era {un mother fur} con {several baby}.",
        ),
        say(
            "And there was {a fur mother} with {several baby}.",
            "Y allí había {un mother fur} con {several baby}.",
        ),
    ),
    one_of(
        say(
            '"So it was you!" laughed {hero}.',
            "—¡Así que eras tú! —dijo {hero}, riendo.",
        ),
        say(
            '"Good evening, madam," said {hero}.',
            "—Buenas noches, señora —dijo {hero}.",
        ),
    ),
    one_of(
        say(
            "{he/she hero} left them water and {a shade bedding} to sleep on.",
            "Les dejó agua y {un bedding shade} para dormir.",
        ),
        say(
            "{he/she hero} made them a bed out of {a shade bedding}.",
            "Les hizo una cama con {un bedding shade}.",
        ),
    ),
    one_of(
        say(
            '"There are {several baby} {cranny}," {he/she hero} told {friend}.',
            "—Hay {several baby} {cranny} —le contó a {friend}.",
        ),
        say(
            "The next day {friend} came to see {the several baby}.",
            "Al día siguiente {friend} vino a ver {al several baby}.",
        ),
    ),
    one_of(
        say(
            "Now {friend} comes every {day} to see {the fur mother}.",
            "Ahora {friend} viene todos {el *day} a ver {al mother fur}.",
        ),
        say(
            "Now, every night at {hour}, {hero} greets {the fur mother} and {the several baby}.",
            "Ahora, todas las noches a las {hour}, {hero} saluda {al mother fur} y "
            "{al several baby}.",
        ),
        say(
            "Since then nobody has been afraid of the noise {cranny}.",
            "Desde entonces a nadie le da miedo el ruido que se oye {cranny}.",
        ),
    ),
)

TREASURE: Story = (
    MEET_HERO,
    one_of(
        say(
            "One {season} {moment} {hero} found an old map {cranny}.",
            "Una {moment} de {season} {hero} encontró un mapa viejo {cranny}.",
        ),
        say(
            "{hero} found an old map {cranny} one {season} {moment}.",
            "Fue una {moment} de {season} cuando {hero} encontró un mapa viejo {cranny}.",
        ),
    ),
    say(
        '"Walk {many step} from {the mark} towards {the goal}," it said.',
        "«Camina {many step} desde {el mark} hacia {el goal}», decía.",
    ),
    one_of(
        say(
            "{hero} fetched a spade and called {friend}, {his/her hero} best friend.",
            "{hero} fue a buscar una pala y a {friend}, {su mejor amigo/su mejor amiga friend}.",
        ),
        say(
            '"{friend}, bring a spade!" {hero} shouted to {his/her hero} best friend.',
            "—¡{friend}, trae una pala! —le gritó {hero} a {su mejor amigo/su mejor amiga friend}.",
        ),
    ),
    say(
        "They counted {the many step} from {the mark}.",
        "Contaron {el many step} desde {el mark}.",
    ),
    one_of(
        say(
            "While they dug, {weather}.",
            "Mientras cavaban, {weather}.",
        ),
        say(
            "{friend} wanted to give up, but {hero} went on digging.",
            "{friend} quería rendirse, pero {hero} siguió cavando.",
        ),
        say(
            "{hero} dug, and {friend} told jokes.",
            "{hero} cavaba {y friend} contaba chistes.",
        ),
    ),
    one_of(
        say(
            "At last they found {a colour chest}.",
            "Por fin encontraron {un chest colour}.",
        ),
        say(
            "Suddenly the spade struck {a colour chest}.",
            "De pronto la pala chocó con {un chest colour}.",
        ),
    ),
    say(
        "Inside there {was/were few} {few coin} and {a shade toy}.",
        "Dentro había {few coin} y {un toy shade}.",
    ),
    one_of(
        say(
            '"I buried that {chest} when I was {age}," said {hero}\'s {kin}.',
            "—{Lo/La chest} enterré yo a los {age} años —dijo {el kin} de {hero}.",
        ),
        say(
            '"Finders keepers," said {the trade}, passing by.',
            "—Quien lo encuentra se lo queda —dijo {el trade}, de paso.",
        ),
        say(
            '"What luck!" cried {friend}.',
            "—¡Qué suerte! —exclamó {friend}.",
        ),
    ),
    say(
        "{hero} kept {the shade toy}, and {friend} kept {the colour chest}.",
        "{hero} se quedó con {el toy shade}, {y friend}, con {el chest colour}.",
    ),
    one_of(
        say(
            "Then they hid the map {cranny} again.",
            "Luego volvieron a esconder el mapa {cranny}.",
        ),
        say(
            'On the map they wrote: "{hero} and {friend} were here."',
            "En el mapa escribieron: «Aquí estuvieron {hero} {y friend}».",
        ),
        say(
            "Now they dig every {day}.",
            "Ahora cavan todos {el *day}.",
        ),
    ),
)

RACE: Story = (
    say(
        "One {season}, near {a home}, {a mood animal} challenged {a temper rival} to a race.",
        "{un season}, cerca de {un home}, {un animal mood} retó a {un rival temper} a una carrera.",
    ),
    one_of(
        say(
            '"The winner will get {count fruit}," said {the animal}.',
            "—Quien gane se llevará {count fruit} —dijo {el animal}.",
        ),
        say(
            '"I bet you {count fruit}," said {the rival}.',
            "—Te apuesto {count fruit} —dijo {el rival}.",
        ),
        say(
            "There were {count fruit} for the winner.",
            "Había {count fruit} de premio.",
        ),
    ),
    say(
        "The judge was {hero}, {the trade}'s {son/daughter hero}.",
        "Hizo de {juez/jueza hero} {hero}, {el hijo/la hija hero} {del trade}.",
    ),
    say(
        "The race was on {day}, from {the mark} to {the goal}.",
        "La carrera fue el {day}, desde {el mark} hasta {el goal}.",
    ),
    one_of(
        say(
            "That {moment} {weather}.",
            "Aquella {moment} {weather}.",
        ),
        say(
            "{many} neighbours came to watch.",
            "Acudieron a mirar {many} vecinos.",
        ),
    ),
    say(
        '"Ready, steady, go!" shouted {hero}, and off they went.',
        "—¡Preparados, listos, ya! —gritó {hero}, y salieron.",
    ),
    one_of(
        (
            say(
                "{the mood animal} took the lead at once, but stopped for a nap.",
                "{el animal mood} se puso enseguida en cabeza, pero se paró a echar una siesta.",
            ),
            say(
                "{the temper rival} went past without waking {him/her animal}.",
                "{el rival temper} pasó de largo sin {despertarlo/despertarla animal}.",
            ),
            say(
                "{he/she rival} reached {the goal} first, and {hero} gave {him/her rival} "
                "{the count fruit}.",
                "Llegó {primero/primera rival} {al goal}, {y hero} le dio {el count fruit}.",
            ),
            one_of(
                say(
                    '"Next {season} I\'ll stay awake," sighed {the animal}.',
                    "—{el season} que viene no me dormiré —suspiró {el animal}.",
                ),
                say(
                    "{the animal} woke up when everybody was already going home.",
                    "{el animal} se despertó cuando todos volvían ya a casa.",
                ),
            ),
        ),
        (
            say(
                "Halfway there {the temper rival} got lost and began to cry.",
                "A mitad de camino {el rival temper} se perdió y se echó a llorar.",
            ),
            say(
                "{the mood animal} turned back to look for {him/her rival}.",
                "{el animal mood} dio media vuelta y fue a {buscarlo/buscarla rival}.",
            ),
            say(
                "They reached {the goal} at the same time, and {hero} shared out "
                "{the count fruit}.",
                "Llegaron {al goal} a la vez, {y hero} les repartió {el count fruit}.",
            ),
            one_of(
                say(
                    '"Shall we race again next {season}?" asked {the animal}.',
                    "—¿Corremos otra vez {el season} que viene? —preguntó {el animal}.",
                ),
                say(
                    '"I would rather have a friend than a prize," said {the animal}.',
                    "—Prefiero {un amigo/una amiga rival} a un premio —dijo {el animal}.",
                ),
            ),
        ),
    ),
)

PLOTS = (LOST, GIFT, JOURNEY, STORM, RESCUE, PROMISE, FEAST, GARDEN, NIGHT, TREASURE, RACE)
STORY: Story = (one_of(*PLOTS),)
