"""Where what fit is given was made, as the source shows it."""

import pytest

from unstuck.evidence.facts import Input, Inputs, Place
from unstuck.evidence.made.blame import made_of
from unstuck.evidence.made.inputs import with_places


def lines_of(source, file, inputs=1, judged=0):
    file.write_text(source)
    fit = next(number for number, line in enumerate(source.splitlines(), 1) if ".fit(" in line)
    given = Inputs(training=(Input(),) * inputs, validation=(Input(),) * judged)
    made = with_places(given, Place(file=str(file), line=fit))
    return [each.place.line if each.place else None for each in (*made.training, *made.validation)]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x = load()\nx = x / 255\nmodel.fit(x, y)", [2]),
        ("x = load()\nmodel.fit(x[:, None], y)", [1]),
        ("x = load()\nx_train = x[:800].astype('float32')\nmodel.fit(x_train, y)", [1]),
        ("x = load()\nx = np.asarray(x)\nmodel.fit(x=x, y=y)", [1]),
        ("x = load()\na, b, c, d = train_test_split(x, y)\nmodel.fit(a, c)", [1]),
        ("x, y = load()\nmodel.fit(x, y)", [1]),
        ("x = zeros()\nx[3] = 1\nmodel.fit(x, y)", [2]),
        ("x = load()\nx -= 1\nmodel.fit(x, y)\nx = 0", [2]),
        ("x = load()\ndef main():\n    model.fit(x, y)", [1]),
        ("x = load()\ndef main(x):\n    model.fit(x, y)", [None]),
        ("def main():\n    if a:\n        x = load()\n    model.fit(x, y)", [3]),
        ("model.fit(load(), y)", [None]),
        ("y = load()\nx = y\nmodel.fit(x, y)", [2]),
        ("x = y = z\nmodel.fit(x, y)", [1]),
    ],
)
def test_line_that_made_the_only_input(source, lines, tmp_path):
    assert lines_of(source, tmp_path / "train.py") == lines


def test_each_of_several_inputs_has_its_line(tmp_path):
    file = tmp_path / "train.py"
    assert lines_of("a = one()\nb = two()\nmodel.fit([a, b[:9]], y)", file, inputs=2) == [1, 2]
    assert lines_of("a = one()\nb = two()\nboth = [b, a]\nmodel.fit(both, y)", file, inputs=2) == [2, 1]
    assert lines_of("a = one()\nb = two()\nmodel.fit({'v': a, 'u': b}, y)", file, inputs=2) == [2, 1]


def test_rows_that_judge_have_theirs(tmp_path):
    source = "x = load()\nx = scale(x)\nv = scale(v)\nmodel.fit(x, y, validation_data=(v, w))"
    assert lines_of(source, tmp_path / "train.py", judged=1) == [2, 3]


def test_a_fit_that_is_not_there_changes_nothing(tmp_path):
    inputs = Inputs(training=(Input(),))
    assert with_places(inputs, Place(file=str(tmp_path / "train.py"), line=1)) is inputs


def made(tmp_path, source, *names, value=None, at=None, **files):
    """The file and the line where what a call is given was made."""
    file = tmp_path / "train.py"
    file.write_text(source)
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text)
    lines = source.splitlines()
    line = at or max(number for number, each in enumerate(lines, 1) if "Adam(" in each or ".fit(" in each)
    found = made_of(Place(file=str(file), line=line), names, value=value)
    return None if found is None else (found.place.file.rpartition("/")[2], found.place.line)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("RATE = 1e-7\nAdam(RATE)", 1),
        ("RATE = 1e-7\nrate = RATE\nAdam(learning_rate=rate)", 1),
        ("Adam(1e-7)", 1),
        ("config = {\n  'rate': 1e-7,\n  'steps': 3}\nAdam(config['rate'])", 2),
        ("config = {'optimizer': {'name': 'adam',\n 'rate': 1e-7}}\nAdam(config['optimizer']['rate'])", 2),
        ("config = dict(steps=3,\n rate=1e-7)\nAdam(**config, learning_rate=config['rate'])", 2),
        ("config = {'rate': 1e-3}\nconfig['rate'] = 1e-7\nAdam(config['rate'])", 2),
        ("base = {'rate': 1e-7}\nconfig = {**base, 'steps': 3}\nAdam(config['rate'])", 1),
        ("config = {}\nAdam(config.get('rate', 1e-7))", 2),
        ("class Config:\n  rate = 1e-7\nAdam(Config.rate)", 2),
        ("@dataclass\nclass Config:\n  rate: float = 1e-7\nconfig = Config()\nAdam(config.rate)", 3),
        ("@dataclass\nclass Config:\n  rate: float = 1\nconfig = Config(rate=1e-7)\nAdam(config.rate)", 4),
        ("p = ArgumentParser()\np.add_argument('--rate', default=1e-7)\na = p.parse_args()\nAdam(a.rate)", 2),
        ("def build(rate=1e-7):\n  return Adam(rate)\nbuild()", 1),
        ("def build(rate):\n  return Adam(rate)\nbuild(1e-7)", 3),
        ("def build(cfg):\n  return Adam(cfg['rate'])\nC = {'rate': 1e-7}\nbuild(C)", 3),
        (
            "class Trainer:\n  def __init__(self, rate):\n    self.rate = rate\n  def run(self):\n"
            "    Adam(self.rate)\nTrainer(1e-7).run()",
            6,
        ),
        ("class Trainer:\n  RATE = 1e-7\n  def run(self):\n    Adam(self.RATE)", 2),
        ("rate = schedule(1e-7)\nAdam(rate)", 1),
        ("C = {'learning_rate': 1e-7}\nAdam(**C)", 1),
        ("c = SimpleNamespace(**{'rate': 1,\n 'step': 1e-7})\nAdam(c.step)", 2),
        ("@dataclass\nclass C:\n  step: float = field(default=1e-7)\nc = C()\nAdam(c.step)", 3),
        (
            "@dataclass\nclass C:\n  rates: dict = field(default_factory=lambda: {'body': 1e-7})\n"
            "c = C()\nAdam(c.rates['body'])",
            3,
        ),
        ("from settings import RATE\nAdam(RATE)", None),
    ],
)
def test_line_that_writes_a_number(source, line, tmp_path):
    at = next(number for number, each in enumerate(source.splitlines(), 1) if "Adam(" in each)
    found = made(tmp_path, source, "learning_rate", value=1e-7, at=at)
    assert found == (("train.py", line) if line else None) or (line is None and found == ("train.py", at))


def test_other_files_of_the_project_are_followed(tmp_path):
    settings = "RATE = 1e-7\nclass Config:\n    rate = 1e-6\n"
    assert made(tmp_path, "from settings import RATE\nAdam(RATE)", "learning_rate", settings=settings) == (
        "settings.py",
        1,
    )
    source = "import settings\nAdam(settings.Config.rate)"
    assert made(tmp_path, source, "learning_rate", settings=settings) == ("settings.py", 3)
    source = "from data import load\nx, y = load()\nmodel.fit(x, y)"
    data = (
        "def load(path='a'):\n    table = read(path)\n    y = table[:, 3] + 1\n    return table[:, :3], y\n"
    )
    assert made(tmp_path, source, "y", data=data) == ("data.py", 3)


SETTINGS = {
    "plain.json": '{\n  "seed": 3,\n  "rate": 1e-7}\n',
    "nested.json": '{"other": {"rate": 0.1},\n "net": {\n  "rate":\n   1e-7, "say": "rate: 1"}}',
    "plain.ini": "[run]\nrate = 0.1\n[net]\nseed = 3\nrate = 1e-7  # slow\n",
    "plain.toml": "seed = 3\n[net]\nrate = 1e-7\n",
    "plain.yaml": "net:\n  seed: 3\n  rate: 1e-7\n",
    "twice.yaml": "net:\n  rate: 1e-7\nother:\n  rate: 1e-7\n",
    "another.json": '{"rate": 0.1}',
}


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("S = json.loads((HERE / 'plain.json').read_text())\nAdam(S['rate'])", ("plain.json", 3)),
        ("with open('plain.json') as f:\n  S = json.load(f)\nAdam(S['rate'])", ("plain.json", 3)),
        (
            "def read(name='plain.json'):\n  return json.loads(Path(name).read_text())\n"
            "def build(spec):\n  return Adam(spec['rate'])\nbuild(read())",
            ("plain.json", 3),
        ),
        ("FILE = 'nested.json'\nS = json.load(open(FILE))\nAdam(S['net']['rate'])", ("nested.json", 4)),
        ("S = C(**json.load(open('plain.json')))\nAdam(S.rate)", ("plain.json", 3)),
        ("c = ConfigParser()\nc.read('plain.ini')\nAdam(c['net'].getfloat('rate'))", ("plain.ini", 5)),
        ("c = ConfigParser()\nc.read('plain.ini')\nAdam(float(c['net']['rate']))", ("plain.ini", 5)),
        ("c = ConfigParser()\nc.read('plain.ini')\nAdam(c.getfloat('net', 'rate'))", ("plain.ini", 5)),
        ("S = tomllib.loads(Path('plain.toml').read_text())\nAdam(S['net']['rate'])", ("plain.toml", 3)),
        ("S = yaml.safe_load(open('plain.yaml'))\nAdam(S['net']['rate'])", ("plain.yaml", 3)),
        # not one line, not one file, another value, no such entry: the line that reads it
        ("S = yaml.safe_load(open('twice.yaml'))\nAdam(S['net']['rate'])", ("train.py", 1)),
        ("S = json.load(open(a or 'plain.json' or 'nested.json'))\nAdam(S['rate'])", ("train.py", 1)),
        ("S = json.load(open('another.json'))\nAdam(S['rate'])", ("train.py", 1)),
        ("S = json.load(open('plain.json'))\nAdam(S['step'])", ("train.py", 1)),
        ("S = json.load(open('gone.json'))\nAdam(S['rate'])", ("train.py", 1)),
    ],
)
def test_line_of_a_settings_file(source, place, tmp_path):
    for name, text in SETTINGS.items():
        (tmp_path / name).write_text(text)
    at = next(number for number, each in enumerate(source.splitlines(), 1) if "Adam(" in each)
    assert made(tmp_path, source, "learning_rate", value=1e-7, at=at) == place


@pytest.mark.parametrize(
    ("source", "names", "line"),
    [
        (
            "def slow(every=1):\n  return ExponentialDecay(.1, every)\nAdam(slow())",
            ("learning_rate.decay_steps",),
            1,
        ),
        ("Adam(0.1)", ("learning_rate.decay_steps",), None),
        (
            "def load(x, mix=False):\n  return DataLoader(x, shuffle=mix)\nd = load(x)\nmodel.fit(d)",
            ("rows.shuffle", "rows"),
            1,
        ),
        ("d = DataLoader(x, 32)\nmodel.fit(d)", ("rows.shuffle", "rows"), 1),
        ("def rows():\n  while True:\n    yield next(it)\nmodel.fit(rows())", ("rows.shuffle", "rows"), 3),
        ("def rows():\n  return Own(x,\n y)\nd = rows()\nmodel.fit(d)", ("rows.shuffle", "rows"), 2),
        (
            "class Rows:\n  def __iter__(self):\n    while True:\n      yield next(self.all())\n"
            "model.fit(iter(Rows()))",
            ("batches",),
            4,
        ),
        ("x = load()\nmodel.fit(x, y, shuffle=False)", ("shuffle", "rows.shuffle", "rows"), 2),
    ],
)
def test_line_of_a_keyword_of_what_is_given_and_of_a_data_set(source, names, line, tmp_path):
    assert made(tmp_path, source, *names) == (("train.py", line) if line else None)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("t = read()\nall = t.select('number').columns\nt[all] = scale(t[all])\nmodel.fit(t[X], t['y'])", 3),
        ("t = read()\nX = ['a', 'b']\nt[X] = scale(t[X])\nmodel.fit(t[X], t['y'])", 1),
        (
            "t = read()\nX = [c for c in t.columns if c != 'y']\nt[X] = scale(t[X])\nmodel.fit(t[X], t['y'])",
            1,
        ),
        ("t = read()\nt[['a', 'y']] = scale(t[['a', 'y']])\nmodel.fit(t[X], t['y'])", 2),
        (
            "t = read()\nt['y'] = t['y'] * 2\nparts = t.iloc[:9], t.iloc[9:]\n"
            "(a, b), (c, d) = [(p[X].to_numpy(), p['y'].to_numpy()) for p in parts]\nmodel.fit(a, b)",
            2,
        ),
    ],
)
def test_line_that_made_a_column(source, line, tmp_path):
    assert made(tmp_path, source, "y") == ("train.py", line)


def test_another_value_than_the_one_that_was_seen_is_not_its_origin(tmp_path):
    source = "for rate in [0.1, 1e-7]:\n    Adam(rate)"
    assert made(tmp_path, source, "learning_rate", value=1e-7) == ("train.py", 1)
    assert made(tmp_path, "RATE = 0.1\nAdam(RATE)", "learning_rate", value=1e-7) is None
    several = "def build(rate):\n    return Adam(rate)\nbuild(0.1)\nbuild(1e-7)"
    assert made(tmp_path, several, "learning_rate", value=1e-7, at=2) == ("train.py", 4)
    assert made(tmp_path, several, "learning_rate", at=2) is None


@pytest.mark.parametrize(
    ("source", "part", "line"),
    [
        ("t = loadtxt(f)\nt = t / 16\nx, y = t[:, :9], t[:, 9]\nmodel.fit(x, y)", "y", 2),
        ("t = loadtxt(f)\nx = t[:, :9]\ny = t[:, 9]\nmodel.fit(x, y)", "y", 3),
        ("t = loadtxt(f)\nx = t[:, :9]\ny = t[:, 9]\nmodel.fit(x, y)", "x", 2),
        ("x, y = load()\norder = draw(9)\nx, y = x[order], y[order]\nmodel.fit(x, y)", "y", 1),
        ("x, y = load()\ny = encode(y)\na, b, c, d = train_test_split(x, y)\nmodel.fit(a, c)", "y", 2),
        ("d = from_tensor_slices((x, y)).batch(8)\nx = y = 0\nmodel.fit(d)", "batch_size", 1),
        ("x = load()\ny = x > 3\nd = from_tensor_slices((x, y)).shuffle(9)\nmodel.fit(d.batch(8))", "y", 2),
        (
            "def mark(x, y):\n  return x, y + 1\nd = from_tensor_slices((x, y)).map(mark)\nmodel.fit(d)",
            "y",
            2,
        ),
        ("def rows():\n  while True:\n    y = draw()\n    yield y * 2, y\nmodel.fit(rows())", "y", 3),
        (
            "class Rows(PyDataset):\n  def __init__(self, x, y):\n    self.x, self.y = x, y * 2\n"
            "  def __getitem__(self, i):\n    return self.x[i], self.y[i]\nmodel.fit(Rows(x, y))",
            "y",
            3,
        ),
        (
            "class Rows:\n  def __init__(self):\n    self.m = np.load(f)\n  def mask(self, i):\n"
            "    return self.m[i].astype('float32')\n  def __iter__(self):\n    while True:\n"
            "      yield self.x[0], self.mask(0)\nmodel.fit(iter(Rows()))",
            "y",
            5,
        ),
        ("ys = []\nfor name in names:\n  ys.append(len(name))\ny = np.array(ys)\nmodel.fit(x, y)", "y", 3),
        ("y = load()\ny[y > 3] = 9\nmodel.fit(x, y)", "y", 2),
        ("y = load()\ny -= 1\nmodel.fit(x, y)", "y", 2),
    ],
)
def test_line_that_made_what_fit_is_given(source, part, line, tmp_path):
    assert made(tmp_path, source, part) == ("train.py", line)


@pytest.mark.parametrize(
    ("judge", "line"),
    [("transform", 9), ("fit_transform", 12)],  # a function of its own; one and the same for both
)
def test_rows_that_judge_are_told_at_a_line_that_they_alone_came_through(judge, line, tmp_path):
    source = (
        "class Scale:\n  def fit_transform(self, t):\n    v = np.log(t)\n    self.m = v.mean(0)\n"
        "    return self.one(v)\n  def one(self, v):\n    return v - self.m\n"
        "  def transform(self, t):\n    v = np.asarray(t)\n    return self.one(v)\n"
        f"x = scale.fit_transform(a)\nw = scale.{judge}(b)\n"
        "model.fit(x, y, validation_data=(w, z))"
    )
    assert made(tmp_path, source, "validation_x") == ("train.py", line)


def test_what_cannot_be_followed_ends_and_stays_small(tmp_path):
    loop = "a = b\nb = a\na = b\nb = a\nmodel.fit(x, a)"
    assert made(tmp_path, loop, "y") == ("train.py", 1)
    source = "def f(n):\n    return f(n - 1)\ny = f(3)\nmodel.fit(x, y)"
    assert made(tmp_path, source, "y") is None
    wide = "\n".join(f"a{n} = [a{n - 1}, a{n - 1}, a{n - 1}]" for n in range(1, 40))
    assert made(tmp_path, f"a0 = [1]\n{wide}\nmodel.fit(x, [v for v in a39])", "y") == ("train.py", 39)
    long = "\n".join(f"d['k{n}'] = d['k{n - 1}']" for n in range(1, 99))
    assert made(tmp_path, f"d = {{}}\n{long}\nmodel.fit(x, d['k98'])", "y") is None
