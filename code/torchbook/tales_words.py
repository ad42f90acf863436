"""The words of the tales, in both languages, and the roles that they can play.

A line of a table is `English | Spanish | tags`.  A noun may be given with its plural, `walnut,
walnuts | nuez, nueces`, and its Spanish ends in its gender; an adjective whose Spanish changes is
given as `rojo/roja`.  Words fit each other when they share a tag: a season, a landscape, a way to
move.
Chapter: tales.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "es"]


@dataclass(frozen=True, eq=False)
class Word:
    """One meaning: English (singular, plural), Spanish (m, f, m plural, f plural), and its tags."""

    en: tuple[str, str]
    es: tuple[str, str, str, str]
    gender: str = ""  # m or f; empty for what agrees with another word, or never changes
    plural: bool = False  # numbers from two on
    tags: frozenset[str] = frozenset()

    def form(self, language: Language, gender: str, plural: bool) -> str:
        """How it is said beside a word of this gender and number."""
        return self.en[plural] if language == "en" else self.es[(gender == "f") + 2 * plural]


@dataclass(frozen=True, eq=False)
class Role:
    """A part in a story: any word that shares a tag with each of `fits` and is none of `unlike`."""

    words: tuple[Word, ...]
    fits: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()

    @property
    def parents(self) -> tuple[str, ...]:
        return self.fits + self.unlike


def rows(table: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    for line in table.strip().splitlines():
        en, es, tags = (cell.strip() for cell in f"{line} | ".split("|")[:3])
        yield en, es, frozenset(tags.replace("always", SEASONS_OF_THE_YEAR).split())


def nouns(table: str) -> tuple[Word, ...]:
    """Things, animals and people: each has a gender in Spanish.

    >>> nouns("walnut, walnuts | nuez, nueces f | autumn")[0].es
    ('nuez', 'nuez', 'nueces', 'nueces')
    """
    words = []
    for en, es, tags in rows(table):
        forms, _, gender = es.rpartition(" ")
        one, _, many = en.partition(", ")
        uno, _, muchos = forms.partition(", ")
        words.append(Word((one, many), (uno, uno, muchos, muchos), gender, tags=tags))
    return tuple(words)


def adjectives(table: str) -> tuple[Word, ...]:
    """Words that agree with a noun in Spanish."""
    words = []
    for en, es, tags in rows(table):
        m, _, f = es.partition("/")
        words.append(Word((en, en), (m, f or m, "", ""), tags=tags))
    return tuple(words)


def phrases(table: str) -> tuple[Word, ...]:
    """Words that never change."""
    return tuple(Word((en, en), (es, es, es, es), tags=tags) for en, es, tags in rows(table))


def numbers(first: int, last: int) -> tuple[Word, ...]:
    """From one to twelve."""
    return tuple(
        Word((en, en), (es, "una" if n == 1 else es) * 2, plural=n > 1)
        for n, (en, es, _) in enumerate(rows(NUMBERS), start=1)
        if first <= n <= last
    )


SEASONS_OF_THE_YEAR = "spring summer autumn winter"

NUMBERS = """
one | un
two | dos
three | tres
four | cuatro
five | cinco
six | seis
seven | siete
eight | ocho
nine | nueve
ten | diez
eleven | once
twelve | doce
"""

PEOPLE = nouns("""
Ana | Ana f
Alba | Alba f
Carla | Carla f
Clara | Clara f
Elena | Elena f
Emma | Emma f
Inés | Inés f
Irene | Irene f
Julia | Julia f
Lola | Lola f
Marta | Marta f
Nora | Nora f
Olga | Olga f
Sara | Sara f
Adrián | Adrián m
Bruno | Bruno m
Daniel | Daniel m
Diego | Diego m
Gabriel | Gabriel m
Hugo | Hugo m
Iván | Iván m
Leo | Leo m
Lucas | Lucas m
Mario | Mario m
Martín | Martín m
Óscar | Óscar m
Pablo | Pablo m
Tomás | Tomás m
""")

KIN = nouns("""
grandmother | abuela f | away
grandfather | abuelo m | away
aunt | tía f | away
uncle | tío m | away
mother | madre f
father | padre m
godmother | madrina f | away
godfather | padrino m | away
""")

TRADES = nouns("""
baker | panadera f
beekeeper | apicultora f
blacksmith | herrero m | metal
bookseller | librera f | paper
carpenter | carpintera f | wood
clockmaker | relojero m | clock metal
cobbler | zapatero m | leather
doctor | médica f
dressmaker | modista f | cloth
ferryman | barquero m
gardener | jardinera f
glazier | cristalera f | glass
goldsmith | orfebre f | jewel metal
librarian | bibliotecario m
organist | organista f
postman | cartero m
potter | alfarera f
saddler | guarnicionero m | leather
shepherd | pastor m
tailor | sastre m | cloth
teacher | maestra f
tinsmith | hojalatera f | metal
toymaker | juguetero m | wood toy
weaver | tejedora f | cloth wicker
""")

HOMES = nouns("""
seaside cottage | casita junto al mar f | sea
lighthouse | faro m | sea
fishing village | pueblo de pescadores m | sea
mountain hut | refugio de montaña m | mountain
mountain village | pueblo de montaña m | mountain
old mill | viejo molino m | river
riverside house | casa junto al río f | river
forest cabin | cabaña del bosque f | forest
hut among oaks | choza entre robles f | forest
old farmhouse | vieja casa de campo f | fields
village among vineyards | pueblo entre viñas m | fields
roadside inn | posada junto al camino f | fields
""")

SEASONS = nouns("""
spring | primavera f | spring
summer | verano m | summer
autumn | otoño m | autumn
winter | invierno m | winter
""")

WEATHERS = phrases("""
snow was falling | nevaba | winter
the puddles were frozen | los charcos estaban helados | winter
the chimneys were smoking | las chimeneas echaban humo | winter
a cold wind was blowing | soplaba un viento frío | winter autumn
fog covered everything | la niebla lo cubría todo | winter autumn
the leaves were falling | caían las hojas | autumn
the sky was full of clouds | el cielo estaba nublado | autumn spring
the air smelled of wet earth | el aire olía a tierra mojada | autumn spring
the swallows were coming back | volvían las golondrinas | spring
the almond trees were in bloom | los almendros estaban en flor | spring
the sun was shining | brillaba el sol | spring summer
the sky was clear | el cielo estaba despejado | spring summer
the cicadas were singing | cantaban las cigarras | summer
the heat was stifling | hacía mucho calor | summer
""")

DAYS = nouns("""
Monday | lunes, lunes m
Tuesday | martes, martes m
Wednesday | miércoles, miércoles m
Thursday | jueves, jueves m
Friday | viernes, viernes m
Saturday | sábado, sábados m
Sunday | domingo, domingos m
""")

MOMENTS = phrases("""
morning | mañana
afternoon | tarde
""")

TOYS = nouns("""
kite | cometa f | cloth toy fragile
ball | pelota f | leather toy
drum | tambor m | leather toy fragile
whistle | silbato m | metal wood
doll | muñeca f | cloth toy fragile
puppet | títere m | wood toy fragile
flute | flauta f | wood toy fragile
lantern | farol m | metal glass fragile
umbrella | paraguas m | cloth fragile
scarf | bufanda f | cloth
hat | sombrero m | cloth
notebook | cuaderno m | paper
watch | reloj m | clock fragile
compass | brújula f | clock fragile
basket | cesta f | wicker fragile
necklace | collar m | jewel fragile
bell | campanilla f | metal
blanket | manta f | cloth
mirror | espejo m | glass fragile
purse | monedero m | leather
cap | gorra f | cloth
rucksack | mochila f | leather cloth
harmonica | armónica f | metal toy fragile
tambourine | pandereta f | leather toy fragile
paintbrush | pincel m | paper
bracelet | pulsera f | jewel fragile
apron | delantal m | cloth
crown | corona f | jewel metal fragile
fan | abanico m | paper cloth fragile
flag | bandera f | cloth
""")

COLOURS = adjectives("""
red | rojo/roja
blue | azul
green | verde
yellow | amarillo/amarilla
white | blanco/blanca
black | negro/negra
purple | morado/morada
orange | naranja
grey | gris
brown | marrón
golden | dorado/dorada
silver | plateado/plateada
pink | rosa
""")

HIDEOUTS = phrases("""
under the bridge | bajo el puente | river
among the reeds | entre los juncos | river
behind the waterwheel | detrás de la noria | river
in the old boat | en la barca vieja | river sea
behind the rocks | detrás de las rocas | sea mountain
among the seaweed | entre las algas | sea
among the fishing nets | entre las redes | sea
in the hollow oak | en el roble hueco | forest
under the ferns | bajo los helechos | forest
under the brambles | bajo las zarzas | forest
inside the cave | dentro de la cueva | mountain
beside the waterfall | junto a la cascada | mountain
between the pine trees | entre los pinos | mountain forest
behind the well | detrás del pozo | fields
under the scarecrow | bajo el espantapájaros | fields
under the olive tree | bajo el olivo | fields
""")

CRANNIES = phrases("""
under the bed | debajo de la cama
in the wardrobe | en el armario
behind the curtain | detrás de la cortina
in the attic | en el desván
under the stairs | debajo de la escalera
behind the stove | detrás de la estufa
in the pantry | en la despensa
among the boots | entre las botas
among the firewood | entre la leña
behind the dresser | detrás de la cómoda
""")

ANIMALS = nouns("""
fox | zorro m | small forest mountain fields always trots sneaks
hedgehog | erizo m | tiny small forest fields spring summer autumn slow
squirrel | ardilla f | tiny seeds small forest always hops
crow | cuervo m | tiny seeds small sea forest mountain fields river always flies hops
magpie | urraca f | tiny seeds small forest fields river always flies hops
hare | liebre f | seeds small fields mountain always hops runs
tortoise | tortuga f | tiny seeds small fields spring summer slow
mole | topo m | tiny seeds small fields forest river spring summer autumn slow
donkey | burro m | seeds fields mountain river sea always trots
goat | cabra f | seeds mountain fields always trots
eagle | águila f | mountain always flies
deer | ciervo m | seeds forest mountain always runs
cat | gato m | tiny small sea river fields always sneaks trots
dog | perro m | small sea river mountain fields forest always trots runs
goose | oca f | seeds small river fields always slow runs
robin | petirrojo m | tiny seeds small forest fields always flies hops
badger | tejón m | small forest fields spring summer autumn trots
stork | cigüeña f | small river fields spring summer flies
heron | garza f | small river always flies sneaks
otter | nutria f | small river sea always sneaks runs
frog | rana f | small river spring summer hops
seagull | gaviota f | tiny seeds small sea always flies
crab | cangrejo m | small sea spring summer autumn sideways
owl | lechuza f | tiny small forest mountain fields always flies
rabbit | conejo m | tiny seeds small forest fields mountain always hops runs
ox | buey m | seeds fields mountain always slow
""")

GAITS = phrases("""
came trotting along | llegó trotando | trots
trotted up | se acercó al trote | trots
crept up without a sound | se acercó sin hacer ruido | sneaks
appeared without a sound | apareció sin hacer ruido | sneaks
came along very slowly | llegó muy despacio | slow
came ambling along | llegó sin ninguna prisa | slow
came hopping along | llegó dando saltos | hops
came bounding along | se acercó a brincos | hops
flew down | bajó volando | flies
landed close by | se posó muy cerca | flies
came running | llegó corriendo | runs
came dashing up | apareció a toda velocidad | runs
came walking sideways | llegó andando de lado | sideways
""")

MOODS = adjectives("""
old | viejo/vieja
young | joven
thin | flaco/flaca
clever | astuto/astuta
curious | curioso/curiosa
shy | tímido/tímida
grumpy | gruñón/gruñona
elegant | elegante
sleepy | dormilón/dormilona
stubborn | testarudo/testaruda
brave | valiente
polite | educado/educada
""")

FRUITS = nouns("""
apple, apples | manzana, manzanas f | autumn winter
pear, pears | pera, peras f | autumn summer
fig, figs | higo, higos m | summer autumn
walnut, walnuts | nuez, nueces f | autumn winter
chestnut, chestnuts | castaña, castañas f | autumn winter
cherry, cherries | cereza, cerezas f | spring summer
strawberry, strawberries | fresa, fresas f | spring summer
tangerine, tangerines | mandarina, mandarinas f | winter spring
plum, plums | ciruela, ciruelas f | summer
apricot, apricots | albaricoque, albaricoques m | summer
almond, almonds | almendra, almendras f | autumn winter
carrot, carrots | zanahoria, zanahorias f | always
biscuit, biscuits | galleta, galletas f | always
bun, buns | bollo, bollos m | always
muffin, muffins | magdalena, magdalenas f | always
date, dates | dátil, dátiles m | autumn winter
pancake, pancakes | tortita, tortitas f | always
radish, radishes | rábano, rábanos m | spring
""")

DISHES = nouns("""
pumpkin soup | sopa de calabaza f | savoury
onion soup | sopa de cebolla f | savoury
fish stew | guiso de pescado m | savoury
lentil stew | guiso de lentejas m | savoury
leek pie | pastel de puerros m | savoury
tomato soup | sopa de tomate f | savoury
mushroom pie | pastel de setas m | savoury
apple pie | tarta de manzana f | sweet
cherry tart | tarta de cerezas f | sweet
walnut cake | bizcocho de nueces m | sweet
lemon cake | bizcocho de limón m | sweet
chocolate cake | tarta de chocolate f | sweet
""")

INGREDIENTS = nouns("""
salt | sal f | savoury
oil | aceite m | savoury
pepper | pimienta f | savoury
parsley | perejil m | savoury
sugar | azúcar m | sweet
flour | harina f | sweet
butter | mantequilla f | sweet
cinnamon | canela f | sweet
milk | leche f | sweet
""")

BAGS = nouns("""
bag | bolsa f
satchel | zurrón m
sack | saco m
tin | lata f
box | caja f
suitcase | maleta f
bundle | hatillo m
""")

PACKETS = nouns("""
envelope | sobre m
tin | lata f
jar | frasco m
box | cajita f
pouch | bolsita f
""")

CHESTS = nouns("""
chest | cofre m
box | caja f
trunk | baúl m
crate | cajón m
barrel | barril m
""")

CLOTHS = nouns("""
ribbon | cinta f
handkerchief | pañuelo m
shawl | chal m
napkin | servilleta f
rag | trapo m
sash | faja f
""")

BEDDING = nouns("""
shawl | chal m
towel | toalla f
cushion | cojín m
pillow | almohada f
jumper | jersey m
quilt | edredón m
""")

LIGHTS = nouns("""
candle | vela f
lantern | farol m
torch | linterna f
lamp | lámpara f
""")

TRANSPORTS = phrases("""
on foot | a pie
by bicycle | en bicicleta
in a cart | en carro
on a mule | en mula
on horseback | a caballo
""")

FAR_PLACES = phrases("""
up the valley | valle arriba
in the next village | en el pueblo vecino
beyond the lemon groves | tras los limoneros
behind the blue hills | tras las colinas azules
near the border | cerca de la frontera
where the road ends | donde termina el camino
""")

STORMS = nouns("""
snowstorm | tormenta de nieve f | winter
gale | vendaval m | winter autumn
downpour | aguacero m | autumn spring
hailstorm | granizada f | spring summer
thunderstorm | tormenta eléctrica f | summer
""")

DAMAGES = nouns("""
roof | tejado m
door | puerta f
chimney | chimenea f
henhouse | gallinero m
stable | establo m
porch | porche m
""")

INJURIES = phrases("""
a broken wing | un ala rota | flies
an injured leg | una pata herida | trots sneaks runs hops slow
a swollen foot | una pata hinchada | hops slow
a broken claw | una pinza rota | sideways
""")

PLANTS = nouns("""
sunflower, sunflowers | girasol, girasoles m
pumpkin, pumpkins | calabaza, calabazas f
poppy, poppies | amapola, amapolas f
melon, melons | melón, melones m
watermelon, watermelons | sandía, sandías f
daisy, daisies | margarita, margaritas f
carnation, carnations | clavel, claveles m
aubergine, aubergines | berenjena, berenjenas f
""")

BEDS = phrases("""
behind the shed | detrás del cobertizo
beside the fence | junto a la valla
under the window | bajo la ventana
under the fig tree | bajo la higuera
by the garden wall | junto a la tapia
beside the door | junto a la puerta
""")

MOTHERS = nouns("""
cat | gata f | tiny cat
mouse | ratona f | mouse
squirrel | ardilla f | tiny seeds squirrel
owl | lechuza f | tiny owl
rabbit | coneja f | tiny seeds rabbit
rat | rata f | rat
""")

BABIES = nouns("""
kitten, kittens | gatito, gatitos m | cat
baby mouse, baby mice | ratoncito, ratoncitos m | mouse
baby squirrel, baby squirrels | ardillita, ardillitas f | squirrel
owlet, owlets | polluelo, polluelos m | owl
bunny, bunnies | conejito, conejitos m | rabbit
baby rat, baby rats | ratita, ratitas f | rat
""")

FURS = adjectives("""
white | blanco/blanca
black | negro/negra
grey | gris
brown | marrón
tawny | canela
""")

ROUND_NUMBERS = phrases("""
twenty | veinte
thirty | treinta
fifty | cincuenta
a hundred | cien
two hundred | doscientos
a thousand | mil
""")

MARKS = nouns("""
well | pozo m
old oak | roble viejo m
fountain | fuente f
tower | torre f
bridge | puente m
church | iglesia f
fig tree | higuera f
barn | granero m
chapel | ermita f
big stone | piedra grande f
orchard | huerto m
""")

THINGS = {
    name: nouns(f"{en} | {es}")
    for name, en, es in (
        ("coin", "coin, coins", "moneda, monedas f"),
        ("knock", "knock, knocks", "golpe, golpes m"),
        ("chair", "chair, chairs", "silla, sillas f"),
        ("seed", "seed, seeds", "semilla, semillas f"),
        ("hole", "hole, holes", "agujero, agujeros m"),
        ("span", "day, days", "día, días m"),
        ("week", "week, weeks", "semana, semanas f"),
        ("song", "song, songs", "canción, canciones f"),
        ("step", "pace, paces", "paso, pasos m"),
    )
}


def tagged(words: tuple[Word, ...], tag: str) -> tuple[Word, ...]:
    return tuple(word for word in words if tag in word.tags)


# Within a line, roles are given out in this order: parents come before those that must fit them.
ROLES = {
    "hero": Role(PEOPLE),
    "friend": Role(PEOPLE, unlike=("hero",)),
    "kin": Role(KIN),
    "host": Role(tagged(KIN, "away"), unlike=("kin",)),
    "trade": Role(TRADES),
    "home": Role(HOMES),
    "season": Role(SEASONS),
    "moment": Role(MOMENTS),
    "weather": Role(WEATHERS, fits=("season",)),
    "storm": Role(STORMS, fits=("season",)),
    "day": Role(DAYS),
    "due": Role(DAYS),
    "few": Role(numbers(1, 3)),
    "pair": Role(numbers(2, 3)),
    "several": Role(numbers(3, 6)),
    "count": Role(numbers(4, 12)),
    "many": Role(numbers(5, 12)),
    "age": Role(numbers(7, 12)),
    "hour": Role(numbers(9, 12)),
    "round": Role(ROUND_NUMBERS),
    "colour": Role(COLOURS),
    "shade": Role(COLOURS, unlike=("colour",)),
    "fur": Role(FURS),
    "toy": Role(TOYS),
    "maker": Role(TRADES, fits=("toy",)),
    "loan": Role(tagged(TOYS, "fragile")),
    "mender": Role(TRADES, fits=("loan",)),
    "hideout": Role(HIDEOUTS, fits=("home",)),
    "cranny": Role(CRANNIES),
    "animal": Role(ANIMALS, fits=("home", "season")),
    "rival": Role(ANIMALS, fits=("home", "season"), unlike=("animal",)),
    "creature": Role(tagged(ANIMALS, "small"), fits=("home", "season")),
    "guest": Role(tagged(ANIMALS, "tiny"), fits=("home", "season")),
    "thief": Role(tagged(tagged(ANIMALS, "spring"), "seeds"), fits=("home",)),
    "mood": Role(MOODS),
    "temper": Role(MOODS, unlike=("mood",)),
    "gait": Role(GAITS, fits=("animal",)),
    "injury": Role(INJURIES, fits=("creature",)),
    "fruit": Role(FRUITS, fits=("season",)),
    "bag": Role(BAGS),
    "packet": Role(PACKETS),
    "chest": Role(CHESTS),
    "cloth": Role(CLOTHS),
    "bedding": Role(BEDDING),
    "light": Role(LIGHTS),
    "dish": Role(DISHES),
    "supper": Role(tagged(DISHES, "savoury")),
    "cake": Role(tagged(DISHES, "sweet")),
    "ingredient": Role(INGREDIENTS, fits=("dish",)),
    "transport": Role(TRANSPORTS),
    "far": Role(FAR_PLACES),
    "damage": Role(DAMAGES),
    "plant": Role(PLANTS),
    "bed": Role(BEDS),
    "mother": Role(MOTHERS),
    "baby": Role(BABIES, fits=("mother",)),
    "mark": Role(MARKS),
    "goal": Role(MARKS, unlike=("mark",)),
    **{name: Role(words) for name, words in THINGS.items()},
}
