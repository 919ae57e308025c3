"""Runs a program on a pseudo-terminal and plays a person: reads {argv, cwd, env, steps, seconds} as
JSON from its input, where a step waits for a text and then presses keys; writes {code, seen}."""

import fcntl, json, os, pty, re, select, struct, sys, termios, time

asked = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.chdir(asked["cwd"])
    os.execve(asked["argv"][0], asked["argv"], asked["env"])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

controls = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")
seen, mark = b"", 0
steps = list(asked["steps"])
end = time.monotonic() + asked["seconds"]
while time.monotonic() < end:
    ready, _, _ = select.select([terminal], [], [], 0.05)
    if ready:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the program has gone
            break
        if not piece:
            break
        seen += piece
    plain = controls.sub(b"", seen)
    if steps and steps[0]["wait"].encode() in plain[mark:]:
        mark = plain.index(steps[0]["wait"].encode(), mark) + len(steps[0]["wait"].encode())
        for key in steps.pop(0)["press"]:
            time.sleep(0.03)  # keys that come in one piece are taken for pasted text
            os.write(terminal, key.encode())
else:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
plain = controls.sub(b"", seen).decode(errors="replace")
json.dump({"code": os.waitstatus_to_exitcode(status), "seen": plain, "left": len(steps)}, sys.stdout)
