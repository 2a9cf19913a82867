"""What a script may do when it is run again for a trial: one process makes all attempts."""

import json
import os
import re
import subprocess
import sys
import textwrap

import pytest

#: Attempts of a script in its own folder, which holds `log`, `gcc` (its own), `latest` (a link to log).
REFUSED = {
    # files
    "open": "open('ran', 'w')",
    "append": "open('log', 'a')",
    "append through a link": "os.symlink(HERE + '/log', 'scratch/to'); open('scratch/to', 'a')",
    "append through a hard link": "os.link('log', 'scratch/same')",
    "os.open": "os.open('ran', os.O_WRONLY | os.O_CREAT)",
    "a lock": "os.open(HERE + '/ran', os.O_CREAT | os.O_EXCL)",
    "in an open folder": "os.chdir('scratch'); os.open('ran', os.O_WRONLY | os.O_CREAT, dir_fd=FOLDER)",
    "through /proc": "open(f'/proc/self/fd/{FOLDER}/ran', 'w')",
    "through the root of a process": "open('/proc/self/root' + HERE + '/ran', 'w')",
    "out of the scratch folder": "os.chdir('scratch'); open('../ran', 'w')",
    "a folder": "os.mkdir('ran')",
    "a folder beside an open one": "os.mkdir('../ran', dir_fd=os.open('scratch', os.O_RDONLY))",
    "remove": "os.remove('log')",
    "remove a link": "os.remove('latest')",
    "remove in an open folder": "os.chdir('scratch'); os.unlink('log', dir_fd=FOLDER)",
    "a whole tree": "shutil.rmtree(HERE)",
    "move away": "shutil.move('log', 'scratch/log')",
    "replace": "open('scratch/new', 'w').close(); os.replace('scratch/new', 'log')",
    "rename to an open folder": "os.chdir('scratch'); open('a', 'w'); os.rename('a', 'x', dst_dir_fd=FOLDER)",
    "truncate": "os.truncate('log', 0)",
    "times": "os.utime('log')",
    "mode": "os.chmod('log', 0o600)",
    "attributes": "os.setxattr('log', 'user.x', b'1')",
    "a link": "os.symlink('log', 'ran')",
    "a pipe": "os.mkfifo('ran')",
    "a mapped file": "import numpy; numpy.memmap('log', mode='r+')",
    "a copy": "shutil.copy('log', 'ran')",
    "an archive": "import zipfile; zipfile.ZipFile('ran', 'w')",
    "a data base": "sqlite3.connect('ran')",
    "a data base by its URI": "os.chdir('scratch'); sqlite3.connect(f'file:{HERE}/ran', uri=True)",
    "a data base that could attach another": "sqlite3.connect(':memory:')",
    "a terminal": "open('/dev/tty', 'w')",
    "the log of the machine": "import syslog; syslog.syslog('x')",
    # programs
    "a shell that names a compiler": "run(['sh', '-c', 'echo gcc >> ran'])",
    "a line for the shell": "run('echo cc >> ran', shell=True)",
    "system": "os.system('echo gcc > ran')",
    "popen": "os.popen('touch ran').read()",
    "a program with a compiler among its words": "run(['touch', 'ran', 'cc '])",
    "Python": "run([sys.executable, '-c', 'open(\"ran\", \"w\")'])",
    "Python that loads a library": "run([sys.executable, '-c', LOADS % 'x.so'])",
    "exec": "os.execvp('touch', ['touch', 'ran'])",
    "posix_spawn": "os.posix_spawn('/usr/bin/touch', ['touch', 'ran'], {})",
    "what pools start": "multiprocessing.util.spawnv_passfds(b'/bin/touch', ['touch', 'ran'], [])",
    "another interpreter": "__import__(INTERPRETERS).create()",
    "its own gcc": "run(['./gcc', '-o', 'scratch/out', 'x.c'])",
    "its own gcc in PATH": "run(['gcc', '-c', 'x.c', '-o', 'scratch/o'], env={'PATH': HERE})",
    "its own gcc in its own PATH": "os.environ['PATH'] = HERE; run(['gcc', '-c', 'x.c', '-o', 'scratch/o'])",
    "a compiler that writes elsewhere": "run(['gcc', '-o', 'ran', 'x.c'])",
    "a compiler without a name to write": "run(['gcc', 'x.c'])",
    "a compiler in another folder": "run(['gcc', '-o', 'ran', 'x.c'], cwd='/')",
    "the list of libraries": "run(['ldconfig'])",
    "settings of the GPU": "run(['nvidia-smi', '-pm', '1'])",
    # the network, and other processes
    "the network": "socket.create_connection(('127.0.0.1', 9), 1)",
    "the network without an error": "socket.socket().connect_ex(('127.0.0.1', 9))",
    "a host in bytes": "socket.socket().connect_ex((b'127.0.0.1', 9))",
    "the newer network": "socket.socket(socket.AF_INET6).connect_ex(('::1', 9))",
    "a name in the network": "socket.getaddrinfo('example.org', 80)",
    "a service in the network": "socket.getaddrinfo('example.org', 'http')",
    "an older name": "socket.gethostbyname('example.org')",
    "a datagram": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
    "a message": "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('127.0.0.1', 9))",
    "a port": "socket.socket().bind(('127.0.0.1', 0))",
    "a socket of another program": "socket.socket(socket.AF_UNIX).connect('/dev/log')",
    "a socket without a file": "socket.socket(socket.AF_UNIX).connect('\\0/tmp/.X11-unix/X0')",
    "a page": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9', timeout=1)",
    "mail": "import smtplib; smtplib.SMTP('127.0.0.1', 9)",
    "the process that started it": "os.kill(os.getppid(), 15)",
    "all processes": "os.kill(-1, 15)",
    "a function of C": "import ctypes; ctypes.CDLL(None).system(b'touch ran')",
}

#: Words for a compiler by which it would write another file, or run another program.
WORDS = [
    "-oran",
    "--output=ran",
    "@words",
    "-MFran",
    "-MD",
    "-save-temps",
    "-fplugin=x.so",
    "-Bown",
    "-wrapper",
]
WORDS += ["-specs=own", "-fdump-tree-all", "-ftime-trace", "-Wl,-Map=ran", "-gsplit-dwarf", "-fuse-ld=x"]
REFUSED |= {f"gcc {word}": f"run(['gcc', '-c', 'x.c', '-o', 'scratch/o', {word!r}])" for word in WORDS}

#: What the script is told; urllib wraps it, and Python keeps it to itself where an interpreter is made.
SAYS = "a trial |interpreter creation failed"

ALLOWED = {
    "what the machine is": "import platform; platform.processor(); platform.uname()",
    "a library by its name": "import ctypes.util; assert ctypes.util.find_library('c')",
    "the scratch folder": "open('scratch/out', 'w').write('x'); os.rename('scratch/out', 'scratch/in')",
    "a folder that goes": "with tempfile.TemporaryDirectory() as made: open(made + '/x', 'w').close()",
    "nothing": "open(os.devnull, 'w').write('x')",
    "a pair of sockets": "a, b = socket.socketpair(); a.send(b'x'); a.sendmsg([b'x'])",
    "a folder that is there": "os.makedirs('scratch', exist_ok=True); os.makedirs(HERE, exist_ok=True)",
    "its own name": "socket.gethostbyname('localhost')",
    "a process of its own": "os.kill(child := os.fork() or signal.pause(), 9); os.waitpid(child, 0)",
    "reading": "open('log').read(); os.open('log', os.O_RDONLY); list(os.scandir(FOLDER))",
    "a compiler": "run(['gcc', '-O3', '-shared', '-fPIC', '-o', 'scratch/x.so', 'x.c'], check=True)",
    "what it compiled": "run([sys.executable, '-c', LOADS % (HERE + '/scratch/x.so')], check=True)",
    "version": "run(['gcc', '--version'], check=True, stdout=subprocess.DEVNULL)",
}

#: Errors that the script expects, and that it gets as without a guard.
EXPECTED = {
    "FileExistsError": "os.mkdir('scratch')",
    "FileNotFoundError": "os.remove('not there')",
}

PROGRAM = """
import json, multiprocessing.util, os, shutil, signal, socket, sqlite3, subprocess, sys, tempfile
from unstuck.lab.guard import begin

HERE = os.getcwd()
FOLDER = os.open('.', os.O_RDONLY)
PATH = os.environ['PATH']
INTERPRETERS = '_interpreters' if sys.version_info >= (3, 13) else '_xxsubinterpreters'
LOADS = 'import torch\\nfrom ctypes import cdll\\ncdll.LoadLibrary("%s")'.replace('import torch\\n', '')
run = subprocess.run
begin(HERE + '/scratch')
said = {}
for name, attempt in json.loads(sys.argv[1]).items():
    os.chdir(HERE)
    os.environ['PATH'] = PATH
    try:
        exec(attempt)
        said[name] = ""
    except BaseException as error:
        said[name] = f"{type(error).__name__}: {error}"
print(json.dumps(said))
"""


@pytest.fixture
def attempted(here):
    """What came of attempts, and the names in the script's folder afterwards."""
    (here / "scratch").mkdir()
    (here / "log").write_text("kept")
    (here / "latest").symlink_to("log")
    (here / "x.c").write_text("int one(void) { return 1; }")
    (here / "gcc").write_text("#!/bin/sh\necho gcc >> ran\n")
    (here / "gcc").chmod(0o755)
    environment = {**os.environ, "TMPDIR": str(here / "scratch")}

    def attempt(program, *arguments):
        done = subprocess.run(
            [sys.executable, *program, *arguments], cwd=here, capture_output=True, text=True, env=environment
        )
        assert sorted(path.name for path in here.iterdir() if path.suffix != ".py") == [
            "gcc",
            "latest",
            "log",
            "scratch",
            "x.c",
        ]
        assert (here / "log").read_text() == "kept"
        return done

    return attempt


def outcomes(attempted, attempts):
    done = attempted(["-c", PROGRAM], json.dumps(attempts))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_trial_neither_writes_nor_starts_nor_reaches_out(attempted):
    said = outcomes(attempted, REFUSED)
    assert {name: text for name, text in said.items() if not re.search(SAYS, text)} == {}


def test_what_a_framework_needs_is_left_alone_and_errors_are_the_usual_ones(attempted):
    said = outcomes(attempted, ALLOWED | EXPECTED)
    assert {name: said[name] for name in ALLOWED if said[name]} == {}
    assert [said[name].partition(":")[0] for name in EXPECTED] == list(EXPECTED)


POOL = """
import multiprocessing, os, sys

def work(way):
    try:
        open(way, 'w')
    except PermissionError as error:
        return str(error)

if __name__ == '__main__':
    from unstuck.lab.guard import begin
    begin('scratch')
    if way := os.fork():
        os.waitpid(way, 0)
    else:
        os.execvp('touch', ['touch', 'ran'])
    os.spawnvp(os.P_WAIT, 'touch', ['touch', 'ran'])
    for way in ('fork', 'spawn', 'forkserver'):
        with multiprocessing.get_context(way).Pool(1) as pool:
            print(pool.map(work, [way])[0])
    import joblib
    print(joblib.Parallel(n_jobs=2)(joblib.delayed(work)(way) for way in ('loky', 'loky'))[0])
else:
    work('imported')
"""


def test_pools_are_guarded(attempted, here):
    (here / "pool.py").write_text(textwrap.dedent(POOL))
    done = attempted(["pool.py"])
    said = [line.rpartition("/")[2] for line in done.stdout.splitlines()]
    assert said == ["fork", "spawn", "forkserver", "loky"], done.stderr
